import type { ConsumerResource, ProviderResource, ResourceBody } from '@headgate/crds';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { snapshotBodies } from '../snapshot/snapshot-bodies.ts';
import type { Json } from '../wire/json.ts';

const REDACTED = '[redacted]';

/** The table in use, for `GET /table`: without keys, key hashes, salts and header values. */
export function describeTable(snapshot: Snapshot): Json {
  const resources: Record<string, Json> = {};
  for (const [key, { hash, body }] of snapshotBodies(snapshot)) resources[key] = { hash, body: redact(body) };
  return { revision: snapshot.revision, hash: snapshot.hash, resources };
}

function redact(body: ResourceBody): Json {
  switch (body.type) {
    case 'provider':
      return plain(redactProvider(body));
    case 'consumer':
      return plain(redactConsumer(body));
    case 'settings':
      return { type: 'settings', keySalt: REDACTED };
    case 'policy':
      return plain(body);
  }
}

function redactProvider(provider: ProviderResource): ProviderResource {
  return {
    ...provider,
    credentials: provider.credentials.map((credential) => ({ ...credential, secret: REDACTED })),
    headers: provider.headers.map(({ name }) => ({ name, value: REDACTED })),
  };
}

function redactConsumer(consumer: ConsumerResource): ConsumerResource {
  return { ...consumer, keyHashes: consumer.keyHashes.map(() => REDACTED) };
}

/** Bodies are JSON by nature; the round trip tells the type checker so. */
function plain(body: ResourceBody): Json {
  return JSON.parse(JSON.stringify(body)) as Json;
}
