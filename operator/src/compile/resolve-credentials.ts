import type { ProviderAuth, ProviderCredential } from '@headgate/crds';
import { fieldsOf, integerOf, listOf, textOf } from './fields.ts';
import { quoted } from './findings.ts';
import { matchesHostPattern } from './host-verdict.ts';
import type { ObjectScope } from './object-scope.ts';
import { readCredentialsFile } from './read-credentials-file.ts';
import { ALLOWED_HOSTS_ANNOTATION, resolveApiKey, resolveSecretText, type SecretValue } from './resolve-secret.ts';

const MAX_CREDENTIALS = 16;

export interface ResolvedCredentials {
  readonly credentials: readonly ProviderCredential[];
  /** True when keys are asked for but none can be used: then nothing may be sent, least of all without a key. */
  readonly withheld: boolean;
}

/**
 * Resolves `spec.credentials` of a provider. `hosts` are the names under which the keys would be sent
 * out; a Secret bound to other hosts is withheld. `fileAuth` is how credentials files are used, where they are taken.
 */
export function resolveCredentials(
  scope: ObjectScope,
  listed: unknown,
  hosts: readonly string[],
  fileAuth: ProviderAuth | undefined,
): ResolvedCredentials {
  const { namespace, findings } = scope;
  const credentials = new Map<string, ProviderCredential>();
  const entries = listOf(listed, MAX_CREDENTIALS);
  if (listed !== undefined && listed !== null && !Array.isArray(listed)) findings.partial('`credentials` must be a list; it is left out');
  for (const [i, entry] of entries.entries()) {
    const { name: givenName, secretRef, weight } = fieldsOf(entry);
    const name = textOf(givenName, 63);
    if (name === undefined || credentials.has(name)) {
      findings.partial(`\`credentials[${i}]\` must have a name of its own; it is left out`);
      continue;
    }
    const key = resolveSecret(scope, secretRef, fileAuth);
    if (key.type === 'unresolved') {
      findings.unresolved(key.reason, `credential ${quoted(name)}: ${key.message}`);
      continue;
    }
    const forbidden = hosts.find((host) => key.allowedHosts?.some((pattern) => matchesHostPattern(host, pattern)) === false);
    if (forbidden !== undefined) {
      findings.unresolved(
        'RefNotPermitted',
        `credential ${quoted(name)}: Secret ${quoted(`${namespace}/${String(fieldsOf(secretRef)['name'])}`)} may not be sent to ${quoted(forbidden)}; ` +
          `its annotation \`${ALLOWED_HOSTS_ANNOTATION}\` must name that host`,
      );
      continue;
    }
    const auth = key.isFile && fileAuth !== undefined ? { auth: fileAuth } : {};
    credentials.set(name, { name, secret: key.value, weight: integerOf(weight, 0, 1_000_000) ?? 1, ...auth });
  }
  const wanted = entries.length > 0;
  if (wanted && credentials.size === 0) findings.note('no key is usable, so nothing is sent to this provider');
  return { credentials: [...credentials.values()], withheld: wanted && credentials.size === 0 };
}

type ResolvedSecret =
  | Extract<SecretValue, { type: 'unresolved' }>
  | (Extract<SecretValue, { type: 'value' }> & { readonly isFile: boolean });

function resolveSecret({ world, namespace }: ObjectScope, reference: unknown, fileAuth: ProviderAuth | undefined): ResolvedSecret {
  const text = fileAuth === undefined ? undefined : resolveSecretText(world, namespace, reference);
  if (fileAuth !== undefined && text?.type === 'value') {
    const file = readCredentialsFile(fileAuth, text.value);
    if (file.type === 'file') return { ...text, value: file.secret, isFile: true };
    if (file.type === 'broken') {
      const { name, key } = fieldsOf(reference);
      return {
        type: 'unresolved',
        reason: 'SecretKeyMissing',
        message: `key ${quoted(key)} of Secret ${quoted(`${namespace}/${name}`)} ${file.why}`,
      };
    }
  }
  const key = resolveApiKey(world, namespace, reference);
  return key.type === 'value' ? { ...key, isFile: false } : key;
}
