import { CONTRACT_VERSION, type ResourceBody, type ResourceKey, tableHash, type UpdateFrame } from '@headgate/crds';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { BuildDeps } from './build-deps.ts';
import { sampleDeps } from './sample-snapshot.ts';
import { keyOf, samplePolicy, sampleProvider, sampleResources, sampleRule, sampleTarget } from './sample-table.ts';
import { TableStore, type UpdateOutcome } from './table-store.ts';

const openai = sampleProvider('openai');
const assistant = samplePolicy('assistant', [sampleRule([sampleTarget('openai', 'gpt-4o')])]);
const other = samplePolicy('other', [sampleRule([sampleTarget('openai', 'gpt-4o')])]);
const broken: ResourceBody = { ...openai, generation: 2, headers: [{ name: 'x', value: '\n' }] };

const stores: TableStore[] = [];

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

function newStore(deps: BuildDeps = sampleDeps(), collectAfterMs?: number): TableStore {
  const store = new TableStore(deps, collectAfterMs);
  stores.push(store);
  return store;
}

/** A full table; `fields` overrides what the test is about. */
function full(revision: number, bodies: readonly ResourceBody[], fields: Partial<UpdateFrame> = {}): UpdateFrame {
  const resources = sampleResources(bodies);
  return {
    type: 'update',
    contractVersion: CONTRACT_VERSION,
    revision,
    base: 0,
    upserts: Object.fromEntries(resources),
    deletes: [],
    tableHash: tableHash(new Map([...resources].map(([key, { hash }]) => [key, hash]))),
    emptyConfirmed: false,
    ...fields,
  };
}

/** What takes a proxy that holds `held` to `wanted`. */
function delta(revision: number, base: number, held: readonly ResourceBody[], wanted: readonly ResourceBody[]): UpdateFrame {
  const after = sampleResources(wanted);
  const before = sampleResources(held);
  const changed = [...after].filter(([key, { hash }]) => before.get(key)?.hash !== hash);
  const deletes = [...before.keys()].filter((key) => !after.has(key));
  return full(revision, wanted, { base, upserts: Object.fromEntries(changed), deletes });
}

function policies(store: TableStore): readonly string[] {
  return [...(store.current?.policies.values() ?? [])].map(({ id }) => id).sort();
}

function reasonOf(outcome: UpdateOutcome): string {
  return outcome.type === 'refused' ? outcome.reason : 'applied';
}

describe('TableStore', () => {
  test('holds nothing at first: not ready', () => {
    expect(newStore().current).toBeUndefined();
  });

  test('applies a full table, then deltas', () => {
    const store = newStore();
    expect(store.apply(full(5, [openai, assistant]), true)).toMatchObject({ type: 'applied', rejected: [], helloAgain: false });
    expect(store.apply(delta(6, 5, [openai, assistant], [openai, assistant, other]), false).type).toBe('applied');
    expect(policies(store)).toEqual(['team/assistant', 'team/other']);
    expect(store.apply(delta(7, 6, [openai, assistant, other], [openai, other]), false).type).toBe('applied');
    expect(policies(store)).toEqual(['team/other']);
    expect(store.current?.revision).toBe(7);
  });

  test.each<readonly [string, UpdateFrame, boolean, RegExp]>([
    ['an older revision, even as a full table', full(4, [openai, other]), true, /not newer/],
    ['the same revision in the middle of a stream', full(5, [openai, other]), false, /not newer/],
    ['a delta on another base', delta(7, 6, [openai, assistant], [openai, other]), false, /applies to revision 6, held is 5/],
    ['a table hash that does not come out', full(6, [openai, other], { tableHash: '0'.repeat(64) }), false, /hash/],
    ['an empty table that does not say so', full(6, []), false, /without policies/],
    ['a delta that deletes the last policy without saying so', delta(6, 5, [openai, assistant], [openai]), false, /without policies/],
    ['another version of the contract', full(6, [openai, other], { contractVersion: CONTRACT_VERSION + 1 }), false, /contract version/],
  ])('refuses %s and keeps serving what it holds', (_, frame, resumed, reason) => {
    const store = newStore();
    store.apply(full(5, [openai, assistant]), true);
    const held = store.current;
    expect(reasonOf(store.apply(frame, resumed))).toMatch(reason);
    expect(store.current).toBe(held);
  });

  test('the first frame after a hello may confirm the held revision', () => {
    const store = newStore();
    store.apply(full(5, [openai, assistant]), true);
    expect(store.apply(delta(5, 5, [openai, assistant], [openai, assistant]), true).type).toBe('applied');
  });

  test('an empty table that is meant is served', () => {
    const store = newStore();
    store.apply(full(5, [openai, assistant]), true);
    expect(store.apply({ ...delta(6, 5, [openai, assistant], []), emptyConfirmed: true }, false).type).toBe('applied');
    expect(policies(store)).toEqual([]);
    expect(store.current).toBeDefined();
  });

  test('a refused resource is named, and the next delta counts with what is really held', () => {
    const store = newStore();
    store.apply(full(5, [openai, assistant]), true);
    const outcome = store.apply(delta(6, 5, [openai, assistant], [broken, assistant]), false);
    expect(outcome).toMatchObject({ type: 'applied', rejected: [{ key: 'provider/team/openai' }], helloAgain: false });
    expect(store.current?.providers.get('provider/team/openai')?.resource.generation).toBe(1);
    // As the operator sees it after the ack: the old form is still there.
    expect(store.apply(delta(7, 6, [openai, assistant], [openai, assistant, other]), false).type).toBe('applied');
  });

  test('a refused resource that was never held counts as absent', () => {
    const store = newStore();
    store.apply(full(5, [broken, assistant]), true);
    expect(store.current?.resources.has('provider/team/openai')).toBe(false);
    expect(store.apply(delta(6, 5, [assistant], [openai, assistant]), false).type).toBe('applied');
    expect(store.current?.policies.get('policy/team/assistant')?.rules[0]?.targets[0]?.endpoints.length).toBe(1);
  });

  test('a full table over a held one: a last good form that lives on must be told to the operator', () => {
    const store = newStore();
    store.apply(full(5, [openai, assistant]), true);
    expect(store.apply(full(6, [broken, assistant]), true)).toMatchObject({ type: 'applied', helloAgain: true });
    expect(store.current?.providers.has('provider/team/openai')).toBe(true);
    expect(store.apply(full(7, [assistant]), true)).toMatchObject({ type: 'applied', helloAgain: false });
    expect(store.current?.providers.has('provider/team/openai')).toBe(false);
  });

  test('a table from a file serves until the stream brings one, and never replaces that', () => {
    const store = newStore();
    const { contractVersion, revision, tableHash: hash, upserts: resources } = full(3, [openai, assistant]);
    const table = { contractVersion, revision, hash, resources };
    expect(store.load(table).type).toBe('applied');
    expect(store.apply(full(9, [openai, other]), true).type).toBe('applied');
    expect(reasonOf(store.load(table))).toMatch(/already/);
    expect(policies(store)).toEqual(['team/other']);
  });

  test('tells its listeners of every swap, after it happened', () => {
    const store = newStore();
    const seen: (number | undefined)[] = [];
    store.onSwap((snapshot) => {
      expect(store.current).toBe(snapshot);
      seen.push(snapshot.revision);
    });
    store.apply(full(5, [openai, assistant]), true);
    store.apply(full(4, [openai, assistant]), true);
    store.apply(delta(6, 5, [openai, assistant], [openai, other]), false);
    expect(seen).toEqual([5, 6]);
  });

  test('pools exist before the swap, and retire when nothing names them', () => {
    const deps = sampleDeps();
    const store = newStore(deps);
    store.onSwap(() => expect(deps.dispatchers.size).toBeGreaterThan(0));
    store.apply(full(5, [openai, assistant]), true);
    const moved = { ...openai, origins: [{ url: 'https://eu.example.com' }] };
    store.apply(delta(6, 5, [openai, assistant], [moved, assistant]), false);
    // The old one is kept for requests that still hold the old snapshot.
    expect(deps.dispatchers.size).toBe(2);
  });

  test('signals of what left the table are forgotten after a while', async () => {
    const deps = sampleDeps();
    const store = newStore(deps, 5);
    store.apply(full(5, [openai, assistant]), true);
    expect(deps.signals.endpointCount).toBe(1);
    store.apply({ ...delta(6, 5, [openai, assistant], []), emptyConfirmed: true }, false);
    const deadline = performance.now() + 5_000;
    while (deps.signals.endpointCount > 0 && performance.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    expect(deps.signals.endpointCount).toBe(0);
  });

  test('the same edits in any grouping end in the same table', () => {
    const first = newStore();
    first.apply(full(1, [openai, assistant, other]), true);
    const second = newStore();
    second.apply(full(1, [openai]), true);
    const keys: ResourceKey[] = [keyOf(openai), keyOf(assistant), keyOf(other)];
    second.apply(full(1, [assistant]), true);
    second.apply(delta(2, 1, [assistant], [openai, assistant, other]), false);
    expect(second.current?.hash).toBe(first.current?.hash);
    for (const key of keys) expect(second.current?.resources.get(key)).toBe(first.current?.resources.get(key));
  });
});
