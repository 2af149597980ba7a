import type { ConsumerResource } from '@headgate/crds';
import { fieldsOf, labelsOf, listOf, textOf } from './fields.ts';
import { quoted } from './findings.ts';
import { readModelMatches } from './model-match.ts';
import type { IdentifiedObject } from './object-identity.ts';
import type { ObjectScope } from './object-scope.ts';
import { resolveApiKey } from './resolve-secret.ts';

const MAX_KEYS = 8;

/** Hex HMAC-SHA256 of an API key under the table's salt; handed in, because this folder does no cryptography itself. */
export type HashKey = (key: string) => string;

/** Compiles one ModelConsumer. Keys leave here only as salted hashes. */
export function compileConsumer(scope: ObjectScope, hashKey: HashKey, object: IdentifiedObject): ConsumerResource | undefined {
  const { findings } = scope;
  const spec = fieldsOf(object.spec);
  const tier = textOf(spec['tier'], 63);
  const keyHashes = resolveKeyHashes(scope, hashKey, spec['keys']);
  // An allow-list whose entries are all malformed allows nothing; only a list that is not there allows everything.
  const limited = spec['models'] !== undefined && spec['models'] !== null;
  const models = limited ? readModelMatches(spec['models'], 'models', findings) : undefined;
  const body: ConsumerResource = {
    type: 'consumer',
    ...object.identity,
    keyHashes,
    ...(tier === undefined ? {} : { tier }),
    labels: labelsOf(object.labels) ?? {},
    ...(models === undefined ? {} : { models }),
  };
  return findings.usable ? body : undefined;
}

function resolveKeyHashes(scope: ObjectScope, hashKey: HashKey, listed: unknown): readonly string[] {
  const { world, namespace, findings } = scope;
  const entries = listOf(listed, MAX_KEYS);
  if (entries.length === 0) findings.invalid('`keys` must hold at least one key');
  const hashes = new Set<string>();
  for (const [i, entry] of entries.entries()) {
    const fields = fieldsOf(entry);
    const key = resolveApiKey(world, namespace, fields['secretRef']);
    if (key.type === 'unresolved')
      findings.unresolved(key.reason, `key ${quoted(textOf(fields['name'], 63) ?? String(i))}: ${key.message}`);
    else hashes.add(hashKey(key.value));
  }
  return [...hashes].sort();
}
