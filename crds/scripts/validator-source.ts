import { _, Ajv, type Code, type KeywordCxt } from 'ajv';
import { default as standaloneModule } from 'ajv/dist/standalone/index.js';
import { build, type Plugin } from 'esbuild';
import { loadContractSchemas } from './contract-schemas.ts';
import type { KindManifest } from './load-manifests.ts';
import type { Schema } from './schema.ts';

const standaloneCode = standaloneModule.default;
const OPTIONS = { code: { source: true, esm: true }, messages: false, inlineRefs: false } as const;
const DNS_LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';

/** What the API server itself checks of metadata, as far as an object in a file can get it wrong. */
const METADATA_SCHEMA = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 253, pattern: `^${DNS_LABEL}([.]${DNS_LABEL})*$` },
    namespace: { type: 'string', pattern: `^${DNS_LABEL}$` },
    labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 63 } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

/** OpenAPI of a CRD -> JSON Schema that also refuses unknown fields, as kubectl does. */
function objectSchema(schema: Schema): object {
  const { properties, items, additionalProperties } = schema;
  const { description: _description, ...rest } = schema;
  const entries = Object.entries(rest).filter(([key]) => !key.startsWith('x-kubernetes') && key !== 'default' && key !== 'format');
  return {
    ...Object.fromEntries(entries),
    ...(schema.format === 'date-time' ? { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d([.]\\d+)?(Z|[+-]\\d\\d:\\d\\d)$' } : {}),
    ...(schema['x-kubernetes-list-type'] === 'set' ? { uniqueItems: true } : {}),
    ...(schema['x-kubernetes-list-map-keys'] === undefined ? {} : { uniqueKeys: schema['x-kubernetes-list-map-keys'] }),
    ...(properties === undefined ? {} : { additionalProperties: false, properties: mapValues(properties, objectSchema) }),
    ...(items === undefined ? {} : { items: objectSchema(items) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: objectSchema(additionalProperties) } : {}),
  };
}

function mapValues(record: Readonly<Record<string, Schema>>, map: (schema: Schema) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(record).map(([key, schema]) => [key, map(schema)]));
}

function kindSchema({ kind, schema }: KindManifest): object {
  const compiled = objectSchema(schema) as { properties: Record<string, object>; required: readonly string[] };
  return {
    ...compiled,
    $id: kind,
    required: ['apiVersion', 'kind', 'metadata', ...compiled.required],
    properties: {
      ...compiled.properties,
      apiVersion: { const: 'headgate.dev/v1alpha1' },
      kind: { const: kind },
      metadata: METADATA_SCHEMA,
      // The API server ignores it on writes of the object, so a file may carry any.
      status: {},
    },
  };
}

/** `uniqueKeys: [name]`: no two items of the list have the same `name` (x-kubernetes-list-map-keys, of which we use one). */
const UNIQUE_KEYS = {
  keyword: 'uniqueKeys',
  type: 'array' as const,
  error: {
    message: 'must not repeat keys',
    params: ({ schema }: { readonly schema?: readonly string[] }): Code => _`{key: ${schema?.[0]}}`,
  },
  code(context: KeywordCxt): void {
    const { gen, data, schema } = context;
    const key: string = schema[0];
    const seen = gen.const('seen', _`new Set()`);
    const repeated = gen.let('repeated', false);
    gen.forOf('item', data, (item) => {
      const id = gen.const('id', _`${item}?.[${key}]`);
      gen.if(_`${seen}.has(${id})`, () => gen.assign(repeated, true));
      gen.code(_`${seen}.add(${id})`);
    });
    context.fail(repeated);
  },
};

/** ESM source of one validator per kind; reports every error, because a person reads them. */
function objectValidators(kinds: readonly KindManifest[]): string {
  const ajv = new Ajv({ ...OPTIONS, allErrors: true, keywords: [UNIQUE_KEYS], schemas: kinds.map(kindSchema) });
  return standaloneCode(ajv, Object.fromEntries(kinds.map(({ kind }) => [`validate${kind}`, kind])));
}

/** ESM source of the validators of table and frames; stops at the first error, because the sender is a program. */
function contractValidators(): string {
  const base = 'https://headgate.dev/schema/v1alpha1/';
  const schemas = [...loadContractSchemas().values()].map(({ $schema: _draft, ...schema }) => schema);
  const ajv = new Ajv({ ...OPTIONS, discriminator: true, schemas });
  return standaloneCode(ajv, {
    validateResourceBody: `${base}routing-table.schema.json#/$defs/ResourceBody`,
    validateRoutingTableBody: `${base}routing-table.schema.json`,
    validateDownFrameBody: `${base}down-frame.schema.json`,
    validateUpFrameBody: `${base}up-frame.schema.json`,
  });
}

/** Nobody reads the path of the failed keyword within the schema, and it is a third of the text. */
function withoutSchemaPaths(source: string): string {
  return source.replaceAll(/schemaPath:"[^"]*",/g, '');
}

/** One self-contained ES module: nothing is needed at run time and nothing is evaluated from text. */
export async function validatorModule(kinds: readonly KindManifest[]): Promise<string> {
  const sources = new Map([
    ['objects', withoutSchemaPaths(objectValidators(kinds))],
    ['contract', withoutSchemaPaths(contractValidators())],
  ]);
  const virtual: Plugin = {
    name: 'validators',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(objects|contract)$/ }, ({ path }) => ({ path, namespace: 'validators' }));
      onLoad({ filter: /.*/, namespace: 'validators' }, ({ path }) => ({
        contents: sources.get(path) ?? '',
        resolveDir: new URL('.', import.meta.url).pathname,
      }));
    },
  };
  const result = await build({
    stdin: { contents: "export * from 'objects';\nexport * from 'contract';\n", resolveDir: '.' },
    bundle: true,
    format: 'esm',
    target: 'es2024',
    write: false,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    plugins: [virtual],
  });
  return `// Generated by crds/scripts/generate.ts from crds/manifests and crds/schema. Do not edit.\n${result.outputFiles[0]?.text ?? ''}`;
}

/** Declarations of the module above. */
export function validatorDeclarations(kinds: readonly KindManifest[]): string {
  const names = [
    ...kinds.map(({ kind }) => `validate${kind}`),
    'validateResourceBody',
    'validateRoutingTableBody',
    'validateDownFrameBody',
    'validateUpFrameBody',
  ];
  return `// Generated by crds/scripts/generate.ts. Do not edit.

/** The part of ajv's error object that is used. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON pointer. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export interface SchemaValidator {
  (value: unknown): boolean;
  /** Of the last call. */
  readonly errors?: readonly SchemaError[] | null;
}

${names.map((name) => `export const ${name}: SchemaValidator;\n`).join('')}`;
}
