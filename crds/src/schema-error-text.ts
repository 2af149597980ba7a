import type { SchemaError } from '../gen/validators.gen.js';

/** `spec.credentials[0].weight must be <= 1000000`. Never quotes the value, which may be a secret. */
export function schemaErrorText(error: SchemaError): string {
  const path = readablePath(error.instancePath);
  const { params } = error;
  if (error.keyword === 'required') return `${member(path, String(params['missingProperty']))} is required`;
  if (error.keyword === 'additionalProperties') return `${member(path, String(params['additionalProperty']))} is not a known field`;
  if (error.keyword === 'discriminator') return `${member(path, String(params['tag']))} must be a known one`;
  return `${path === '' ? 'the value' : path} ${complaint(error)}`;
}

const NOUNS: Readonly<Record<string, string>> = {
  minLength: 'characters',
  maxLength: 'characters',
  minItems: 'entries',
  maxItems: 'entries',
  minProperties: 'fields',
  maxProperties: 'fields',
};

function complaint({ keyword, params }: SchemaError): string {
  const noun = NOUNS[keyword];
  if (noun !== undefined) return `must have at ${keyword.startsWith('min') ? 'least' : 'most'} ${params['limit']} ${noun}`;
  switch (keyword) {
    case 'type':
      return `must be ${/^[aeio]/.test(String(params['type'])) ? 'an' : 'a'} ${params['type']}`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}`;
    case 'const':
      return `must be ${params['allowedValue']}`;
    case 'pattern':
      return `must match ${params['pattern']}`;
    case 'uniqueItems':
      return 'must not list a value twice';
    case 'uniqueKeys':
      return `must not have two entries with the same ${params['key']}`;
    default:
      return params['comparison'] === undefined ? `is not valid (${keyword})` : `must be ${params['comparison']} ${params['limit']}`;
  }
}

/** JSON pointer -> `spec.rules[0].name`, `upserts["provider/a/b"].hash`. */
function readablePath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce(member, '');
}

function member(path: string, key: string): string {
  if (/^\d+$/.test(key)) return `${path}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
