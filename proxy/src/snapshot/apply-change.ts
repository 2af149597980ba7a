import {
  type ConsumerResource,
  type PolicyResource,
  type ProviderResource,
  type RejectedResource,
  type ResourceBody,
  type ResourceKey,
  type TableResource,
  tableHash,
  validateResource,
} from '@headgate/crds';
import type { BuildDeps } from './build-deps.ts';
import { type BuildOutcome, built, rejected } from './build-outcome.ts';
import { buildPolicy, targetsAny } from './build-policy.ts';
import { buildProvider } from './build-provider.ts';
import { KeyHasher } from './key-hasher.ts';
import { changePolicyIndex } from './policy-index.ts';
import type { ShardedMap } from './sharded-map.ts';
import type { Consumer, Policy, Provider, Snapshot } from './snapshot.ts';

/** An edit of the table. Upserts may repeat what is held; deletes may name what is not. */
export interface TableChange {
  readonly revision: number;
  readonly upserts: ReadonlyMap<ResourceKey, TableResource>;
  readonly deletes: readonly ResourceKey[];
  /** Hash of the table after the edit if nothing is refused, where the caller knows it: hashing is most of a small edit. */
  readonly hash?: string;
}

export interface AppliedChange {
  readonly snapshot: Snapshot;
  /** Refused forms; where there was an older form, it goes on serving. */
  readonly rejected: readonly RejectedResource[];
}

const SETTINGS_KEY = 'settings';

/** Working state of one `applyChange`. */
interface Draft {
  readonly previous: Snapshot;
  readonly deps: BuildDeps;
  readonly upserts: ReadonlyMap<ResourceKey, TableResource>;
  readonly deletes: ReadonlySet<ResourceKey>;
  readonly rejected: RejectedResource[];
}

/**
 * The snapshot after an edit. Only what the edit touches is built: the changed resources, and the policies that route to
 * a changed provider (their candidates are linked anew). Everything else is the same object as before; the maps that hold
 * them are copied, which is what an edit costs at ten thousand policies. A resource that cannot be built is named and
 * keeps its last good form.
 */
export function applyChange(previous: Snapshot, change: TableChange, deps: BuildDeps): AppliedChange {
  const draft: Draft = {
    previous,
    deps,
    upserts: new Map([...change.upserts].filter(([key, resource]) => previous.resources.get(key) !== resource.hash)),
    deletes: new Set(change.deletes.filter((key) => previous.resources.has(key) && !change.upserts.has(key))),
    rejected: [],
  };
  const providers = changeMap(previous.providers, draft, 'provider', (key, body) => buildProvider(key, body, deps));
  const policies = changePolicies(draft, providers);
  const consumers = changeMap(previous.consumers, draft, 'consumer', buildConsumer);
  const keySalt = changedSalt(draft);
  const policyIndex = changePolicyIndex(previous.policyIndex, changedPolicies(previous.policies, policies, draft));
  const resources = changeHashes(draft);
  const snapshot: Snapshot = {
    revision: change.revision,
    hash: change.hash !== undefined && draft.rejected.length === 0 ? change.hash : tableHash(resources),
    keySalt,
    providers,
    policies,
    consumers,
    consumersByKeyHash: consumers === previous.consumers ? previous.consumersByKeyHash : indexKeyHashes(consumers),
    keyHasher: keySalt === previous.keySalt ? previous.keyHasher : new KeyHasher(keySalt),
    policyIndex,
    anonymousPossible: !policyIndex.anonymous.isEmpty,
    resources,
  };
  return { snapshot, rejected: draft.rejected };
}

type BodyOf = { provider: ProviderResource; policy: PolicyResource; consumer: ConsumerResource };

/** `before` with the edit applied. */
function changeMap<K extends keyof BodyOf, V>(
  before: ShardedMap<V>,
  draft: Draft,
  type: K,
  build: (key: ResourceKey, body: BodyOf[K]) => BuildOutcome<V>,
): ShardedMap<V> {
  const changes = new Map<ResourceKey, V | undefined>();
  for (const key of draft.deletes) if (before.has(key)) changes.set(key, undefined);
  for (const [key, resource] of draft.upserts) {
    if (!key.startsWith(`${type}/`)) continue;
    const outcome = buildSafely(() => buildResource(key, resource.body, type, build));
    if (outcome.type === 'built') changes.set(key, outcome.value);
    else draft.rejected.push({ key, hash: resource.hash, reason: outcome.reason });
  }
  return before.edited(changes);
}

function buildResource<K extends keyof BodyOf, V>(
  key: ResourceKey,
  body: ResourceBody,
  type: K,
  build: (key: ResourceKey, body: BodyOf[K]) => BuildOutcome<V>,
): BuildOutcome<V> {
  const shape = validateResource(body);
  if (shape.type === 'invalid') return rejected(shape.errors.join('; '));
  return isOfType(body, type, key) ? build(key, body) : rejected(`the body is not that of ${key}`);
}

function isOfType<K extends keyof BodyOf>(body: ResourceBody, type: K, key: ResourceKey): body is BodyOf[K] {
  return body.type === type && `${type}/${body.namespace}/${body.name}` === key;
}

/** A body that no check foresaw must cost its own resource, not the table. */
function buildSafely<T>(build: () => BuildOutcome<T>): BuildOutcome<T> {
  try {
    return build();
  } catch (error) {
    return rejected(`cannot be built: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}

function changePolicies(draft: Draft, providers: ShardedMap<Provider>): ShardedMap<Policy> {
  const { previous, deps } = draft;
  const build = (key: ResourceKey, body: PolicyResource): BuildOutcome<Policy> =>
    buildPolicy(key, body, { providers, signals: deps.signals, previous: previous.policies.get(key) });
  const edited = changeMap(previous.policies, draft, 'policy', build);
  if (providers === previous.providers) return edited;
  const changed = new Set([...draft.upserts.keys(), ...draft.deletes].filter((key) => providers.get(key) !== previous.providers.get(key)));
  const linked = new Map<ResourceKey, Policy>();
  for (const [key, policy] of edited) {
    // What was just built is linked already.
    if (policy !== previous.policies.get(key) || !targetsAny(policy.resource, changed)) continue;
    const outcome = build(key, policy.resource);
    if (outcome.type === 'built') linked.set(key, outcome.value);
  }
  return edited.edited(linked);
}

/** The policies whose resource is another one than before; a policy that was only linked anew is not among them. */
function changedPolicies(
  before: ReadonlyMap<ResourceKey, Policy>,
  after: ReadonlyMap<ResourceKey, Policy>,
  draft: Draft,
): { readonly removed: readonly PolicyResource[]; readonly added: readonly PolicyResource[] } {
  const removed: PolicyResource[] = [];
  const added: PolicyResource[] = [];
  for (const key of [...draft.upserts.keys(), ...draft.deletes]) {
    const old = before.get(key)?.resource;
    const now = after.get(key)?.resource;
    if (old === now) continue;
    if (old !== undefined) removed.push(old);
    if (now !== undefined) added.push(now);
  }
  return { removed, added };
}

function buildConsumer(key: ResourceKey, resource: ConsumerResource): BuildOutcome<Consumer> {
  return built({ key, id: `${resource.namespace}/${resource.name}`, resource, models: resource.models });
}

/** Two consumers with the same key: the smaller id keeps it, whatever the order in which they came. */
function indexKeyHashes(consumers: ReadonlyMap<ResourceKey, Consumer>): ReadonlyMap<string, Consumer> {
  const index = new Map<string, Consumer>();
  for (const consumer of consumers.values()) {
    for (const hash of consumer.resource.keyHashes) {
      const holder = index.get(hash);
      if (holder === undefined || consumer.id < holder.id) index.set(hash, consumer);
    }
  }
  return index;
}

function changedSalt(draft: Draft): string {
  const settings = draft.upserts.get(SETTINGS_KEY);
  if (settings === undefined) return draft.deletes.has(SETTINGS_KEY) ? '' : draft.previous.keySalt;
  const shape = validateResource(settings.body);
  if (shape.type === 'valid' && shape.value.type === 'settings') return shape.value.keySalt;
  const reason = shape.type === 'invalid' ? shape.errors.join('; ') : `the body is not that of ${SETTINGS_KEY}`;
  draft.rejected.push({ key: SETTINGS_KEY, hash: settings.hash, reason });
  return draft.previous.keySalt;
}

/** Hashes of what is really held now. Resources of a type this build does not know are held and left unused. */
function changeHashes(draft: Draft): ShardedMap<string> {
  const changes = new Map<ResourceKey, string | undefined>();
  const refused = new Set(draft.rejected.map(({ key }) => key));
  for (const key of draft.deletes) changes.set(key, undefined);
  for (const [key, { hash }] of draft.upserts) if (!refused.has(key)) changes.set(key, hash);
  return draft.previous.resources.edited(changes);
}
