import { type ResourceBody, type ResourceKey, type TableResource, tableHash } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AppliedChange, applyChange } from './apply-change.ts';
import { buildSnapshot, emptySnapshot } from './build-snapshot.ts';
import { sampleDeps, sampleSnapshot } from './sample-snapshot.ts';
import { sampleConsumer, samplePolicy, sampleProvider, sampleResources, sampleRule, sampleTarget } from './sample-table.ts';
import type { Snapshot } from './snapshot.ts';

const openai = sampleProvider('openai');
const backup = sampleProvider('backup');
const assistant = samplePolicy('assistant', [sampleRule([sampleTarget('openai', 'gpt-4o'), sampleTarget('backup', 'llama')])]);
const unrelated = samplePolicy('unrelated', [sampleRule([sampleTarget('backup', 'llama')])]);

function edit(
  previous: Snapshot,
  bodies: readonly ResourceBody[],
  options: { readonly deletes?: readonly ResourceKey[]; readonly deps?: ReturnType<typeof sampleDeps> } = {},
): AppliedChange {
  const { deletes = [], deps = sampleDeps() } = options;
  return applyChange(previous, { revision: previous.revision + 1, upserts: sampleResources(bodies), deletes }, deps);
}

function endpointIds(snapshot: Snapshot, policy: string): readonly string[] {
  const rules = snapshot.policies.get(`policy/team/${policy}`)?.rules ?? [];
  return rules.flatMap((rule) => rule.targets.flatMap((target) => target.endpoints.map(({ id }) => id)));
}

describe('applyChange', () => {
  test('candidates are one endpoint per address and key, with stable ids', () => {
    const provider = sampleProvider('pool', {
      origins: [{ url: 'http://10.0.0.1:8000' }, { url: 'http://10.0.0.2:8000' }],
      credentials: [
        { name: 'a', secret: 's', weight: 1 },
        { name: 'b', secret: 't', weight: 1 },
      ],
      privateAddressesAllowed: true,
    });
    const keyless = sampleProvider('keyless', { credentials: [], auth: { type: 'None' } });
    const policy = samplePolicy('p', [sampleRule([sampleTarget('pool', 'm'), sampleTarget('keyless', 'm')])]);
    expect(endpointIds(sampleSnapshot([provider, keyless, policy]), 'p')).toEqual([
      'team/pool/m@a#10.0.0.1:8000',
      'team/pool/m@a#10.0.0.2:8000',
      'team/pool/m@b#10.0.0.1:8000',
      'team/pool/m@b#10.0.0.2:8000',
      'team/keyless/m@-#keyless.example.com',
    ]);
  });

  test('a target whose provider is not in the table stays, without endpoints, and comes alive when the provider arrives', () => {
    const before = sampleSnapshot([openai, assistant]);
    const [rule] = before.policies.get('policy/team/assistant')?.rules ?? [];
    expect(rule?.targets.map(({ id, endpoints }) => [id, endpoints.length])).toEqual([
      ['team/openai/gpt-4o', 1],
      ['team/backup/llama', 0],
    ]);
    expect(endpointIds(edit(before, [backup]).snapshot, 'assistant')).toContain('team/backup/llama@main#backup.example.com');
  });

  test('facts of the target come before the provider’s own list, then nothing is known', () => {
    const listed = { name: 'listed', capabilities: ['Tools' as const], contextWindow: 7 };
    const facts = { name: 'carried', capabilities: [], contextWindow: 9 };
    const provider = sampleProvider('p', { models: [listed] });
    const policy = samplePolicy('m', [
      sampleRule([sampleTarget('p', 'listed'), sampleTarget('p', 'carried', { facts }), sampleTarget('p', 'unknown')]),
    ]);
    const targets = sampleSnapshot([provider, policy]).policies.get('policy/team/m')?.rules[0]?.targets ?? [];
    expect(targets.map(({ model }) => model)).toEqual([listed, facts, { name: 'unknown', capabilities: [] }]);
  });

  test('an edit of one policy leaves every other object as it is', () => {
    const before = sampleSnapshot([openai, backup, assistant, unrelated, sampleConsumer('app')]);
    const { snapshot } = edit(before, [{ ...assistant, generation: 2, onLossy: 'Refuse' }]);
    expect(snapshot.policies.get('policy/team/assistant')?.resource.onLossy).toBe('Refuse');
    expect(snapshot.policies.get('policy/team/unrelated')).toBe(before.policies.get('policy/team/unrelated'));
    expect(snapshot.providers).toBe(before.providers);
    expect(snapshot.consumers).toBe(before.consumers);
    expect(before.policies.get('policy/team/assistant')?.resource.onLossy).toBe('Warn');
  });

  test('an edit of a provider relinks the policies that route to it, and only those', () => {
    const deps = sampleDeps();
    const before = sampleSnapshot([openai, backup, assistant, unrelated], deps);
    const moved = { ...openai, origins: [{ url: 'https://eu.openai.example.com' }] };
    const { snapshot } = edit(before, [moved], { deps });
    expect(endpointIds(snapshot, 'assistant')[0]).toBe('team/openai/gpt-4o@main#eu.openai.example.com');
    expect(snapshot.policies.get('policy/team/unrelated')).toBe(before.policies.get('policy/team/unrelated'));
    // Linking anew compiles nothing again.
    expect(snapshot.policies.get('policy/team/assistant')?.rules[0]?.matches).toBe(
      before.policies.get('policy/team/assistant')?.rules[0]?.matches,
    );
    expect(snapshot.policyIndex).toBe(before.policyIndex);
  });

  test('a deleted provider leaves its targets without endpoints', () => {
    const before = sampleSnapshot([openai, backup, assistant]);
    const { snapshot } = edit(before, [], { deletes: ['provider/team/openai'] });
    expect(endpointIds(snapshot, 'assistant')).toEqual(['team/backup/llama@main#backup.example.com']);
  });

  test('breakers, keys, strategy state and retry budget go on over a swap', () => {
    const deps = sampleDeps();
    const before = sampleSnapshot([openai, backup, assistant], deps);
    const pick = (snapshot: Snapshot) => snapshot.policies.get('policy/team/assistant');
    const endpoint = pick(before)?.rules[0]?.targets[0]?.endpoints[0];
    for (let i = 0; i < 5; i += 1) endpoint?.signals.breaker.onFailure(0);
    pick(before)?.rules[0]?.strategyState.credit.set('team/openai/gpt-4o', 3);
    pick(before)?.rules[0]?.strategyState.credit.set('team/gone/x', 3);
    const { snapshot } = edit(
      before,
      [
        { ...openai, generation: 2 },
        { ...assistant, generation: 2 },
      ],
      { deps },
    );
    const after = pick(snapshot);
    expect(after?.rules[0]?.targets[0]?.endpoints[0]?.signals.breaker.state).toBe('open');
    expect(after?.rules[0]?.strategyState).toBe(pick(before)?.rules[0]?.strategyState);
    expect([...(after?.rules[0]?.strategyState.credit.keys() ?? [])]).toEqual(['team/openai/gpt-4o']);
    expect(after?.retryBudget).toBe(pick(before)?.retryBudget);
  });

  test('a refused resource keeps its last good form, is named, and counts with the hash of that form', () => {
    const before = sampleSnapshot([openai, backup, assistant]);
    const bad = { ...openai, headers: [{ name: 'x-bad', value: 'line\r\nbreak' }] };
    const { snapshot, rejected } = edit(before, [bad, { ...backup, generation: 2 }]);
    expect(rejected).toEqual([{ key: 'provider/team/openai', hash: expect.any(String), reason: expect.stringContaining("'x-bad'") }]);
    expect(snapshot.providers.get('provider/team/openai')).toBe(before.providers.get('provider/team/openai'));
    expect(snapshot.providers.get('provider/team/backup')?.resource.generation).toBe(2);
    expect(snapshot.resources.get('provider/team/openai')).toBe(before.resources.get('provider/team/openai'));
    expect(snapshot.hash).toBe(tableHash(snapshot.resources));
    expect(edit(snapshot, [openai]).rejected).toEqual([]);
  });

  test('a policy whose new form is refused is still relinked when its provider moves', () => {
    const before = sampleSnapshot([openai, backup, assistant]);
    const moved = { ...openai, origins: [{ url: 'https://eu.openai.example.com' }] };
    const unknown: ResourceBody = { ...assistant, rules: [sampleRule([], { strategy: 'Clairvoyance' as 'Cost' })] };
    const { snapshot, rejected } = edit(before, [moved, unknown]);
    expect(rejected.map(({ key }) => key)).toEqual(['policy/team/assistant']);
    expect(endpointIds(snapshot, 'assistant')[0]).toBe('team/openai/gpt-4o@main#eu.openai.example.com');
  });

  test.each<readonly [string, unknown, RegExp]>([
    ['a dialect this build does not speak', { ...openai, dialect: 'morse' }, /dialect must be one of/],
    ['an origin with a path', { ...openai, origins: [{ url: 'https://x.example.com/v1' }] }, /origins\[0\].url/],
    ['an origin that is no URL', { ...openai, origins: [{ url: 'nonsense' }] }, /origins\[0\].url/],
    ['an origin of another scheme', { ...openai, origins: [{ url: 'file:///etc/passwd' }] }, /origins\[0\].url/],
    ['an origin with a port out of range', { ...openai, origins: [{ url: 'https://x.example.com:99999' }] }, /is not an address/],
    ['a private literal address', { ...openai, origins: [{ url: 'http://10.0.0.1' }] }, /10\.0\.0\.1 is a private address/],
    [
      'a metadata address, even when private ones are allowed',
      { ...openai, privateAddressesAllowed: true, origins: [{ url: 'http://169.254.169.254' }] },
      /metadata/,
    ],
    ['a bracketed loopback address', { ...openai, origins: [{ url: 'http://[::1]:80' }] }, /loopback/],
    ['a key with a line break', { ...openai, credentials: [{ name: 'main', secret: 'abc\ndef', weight: 1 }] }, /key of credential 'main'/],
    [
      'a CA bundle that is none',
      { ...openai, tls: { caPem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', insecureSkipVerify: false } },
      /CA bundle/,
    ],
    ['a base path with a query', { ...openai, basePath: '/v1?x=1' }, /base path/],
    ['a body under the wrong key', { ...openai, name: 'other' }, /body is not that of/],
    ['a body of another type', { ...assistant, name: 'openai' }, /body is not that of/],
    ['absent fields', { type: 'provider', namespace: 'team', name: 'openai' }, /is required/],
    ['null', null, /must be an object/],
    ['a number', 7, /must be an object/],
  ])('%s is a named reject of that resource only', (_, body, reason) => {
    const before = sampleSnapshot([backup, unrelated]);
    const upserts = new Map<ResourceKey, TableResource>([['provider/team/openai', { hash: 'h', body: body as ResourceBody }]]);
    const { snapshot, rejected } = applyChange(before, { revision: 2, upserts, deletes: [] }, sampleDeps());
    expect(rejected).toEqual([{ key: 'provider/team/openai', hash: 'h', reason: expect.stringMatching(reason) }]);
    expect(snapshot.providers.has('provider/team/openai')).toBe(false);
    expect(snapshot.policies.size).toBe(1);
  });

  test('no reason ever holds a secret', () => {
    const leaky = { ...openai, credentials: [{ name: 'main', secret: 'canary-secret\n', weight: 1 }] };
    const { rejected } = edit(emptySnapshot(), [leaky]);
    expect(JSON.stringify(rejected)).not.toContain('canary');
  });

  test('resources of a type this build does not know are held and ignored', () => {
    const upserts = new Map<ResourceKey, TableResource>([['guardrail/team/x', { hash: 'h', body: { type: 'guardrail' } as never }]]);
    const { snapshot, rejected } = applyChange(emptySnapshot(), { revision: 1, upserts, deletes: [] }, sampleDeps());
    expect(rejected).toEqual([]);
    expect(snapshot.resources.get('guardrail/team/x')).toBe('h');
  });

  test('one edit after another ends where building the whole table at once ends', () => {
    const providers = ['a', 'b', 'c'];
    const table = fc.record({
      providers: fc.dictionary(fc.constantFrom(...providers), fc.integer({ min: 1, max: 2 })),
      policies: fc.dictionary(
        fc.constantFrom('p', 'q', 'r'),
        fc.record({ to: fc.constantFrom(...providers), generation: fc.integer({ min: 1, max: 2 }), shared: fc.boolean() }),
      ),
    });
    const bodiesOf = (shape: typeof table extends fc.Arbitrary<infer T> ? T : never): readonly ResourceBody[] => [
      ...Object.entries(shape.providers).map(([name, generation]) =>
        sampleProvider(name, { generation, origins: [{ url: `https://${name}${generation}.example.com` }] }),
      ),
      ...Object.entries(shape.policies).map(([name, { to, generation, shared }]) =>
        samplePolicy(name, [sampleRule([sampleTarget(to, 'm')])], {
          generation,
          access: { from: shared ? 'All' : 'Same', matchLabels: {}, namespaces: shared ? [] : ['team'], anonymous: generation === 2 },
        }),
      ),
    ];
    fc.assert(
      fc.property(fc.array(table, { minLength: 1, maxLength: 5 }), (tables) => {
        const deps = sampleDeps();
        let stepwise = emptySnapshot();
        for (const [i, shape] of tables.entries()) {
          stepwise = buildSnapshot({ revision: i + 1, resources: sampleResources(bodiesOf(shape)) }, stepwise, deps).snapshot;
        }
        const whole = sampleSnapshot(bodiesOf(tables.at(-1) ?? { providers: {}, policies: {} }));
        expect(stepwise.hash).toBe(whole.hash);
        expect(stepwise.anonymousPossible).toBe(whole.anonymousPossible);
        for (const name of ['p', 'q', 'r']) {
          expect(endpointIds(stepwise, name)).toEqual(endpointIds(whole, name));
          expect(stepwise.policyIndex.shared.find(name, () => true)?.name).toBe(whole.policyIndex.shared.find(name, () => true)?.name);
          expect(stepwise.policyIndex.anonymous.find(name, () => true)?.name).toBe(
            whole.policyIndex.anonymous.find(name, () => true)?.name,
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});
