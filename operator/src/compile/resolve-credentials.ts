import type { ProviderCredential } from '@headgate/crds';
import { fieldsOf, integerOf, listOf, textOf } from './fields.ts';
import { quoted } from './findings.ts';
import { matchesHostPattern } from './host-verdict.ts';
import type { ObjectScope } from './object-scope.ts';
import { ALLOWED_HOSTS_ANNOTATION, resolveApiKey } from './resolve-secret.ts';

const MAX_CREDENTIALS = 16;

export interface ResolvedCredentials {
  readonly credentials: readonly ProviderCredential[];
  /** True when keys are asked for but none can be used: then nothing may be sent, least of all without a key. */
  readonly withheld: boolean;
}

/**
 * Resolves `spec.credentials` of a provider. `hosts` are the names under which the keys would be sent
 * out; a Secret bound to other hosts is withheld.
 */
export function resolveCredentials(scope: ObjectScope, listed: unknown, hosts: readonly string[]): ResolvedCredentials {
  const { world, namespace, findings } = scope;
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
    const key = resolveApiKey(world, namespace, secretRef);
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
    credentials.set(name, { name, secret: key.value, weight: integerOf(weight, 0, 1_000_000) ?? 1 });
  }
  const wanted = entries.length > 0;
  if (wanted && credentials.size === 0) findings.note('no key is usable, so nothing is sent to this provider');
  return { credentials: [...credentials.values()], withheld: wanted && credentials.size === 0 };
}
