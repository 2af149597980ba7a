import { createHmac } from 'node:crypto';
import { canonicalJson, findModel, findVendor, type ResourceBody } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { World } from '../collect/world.ts';
import type { Compilation } from './compilation.ts';
import { type CompileOptions, compile } from './compile.ts';

const SALT = 'ab'.repeat(32);
const OPTIONS: CompileOptions = {
  catalogue: { findVendor, findModel },
  hashKey: (key) => createHmac('sha256', Buffer.from(SALT, 'hex')).update(key).digest('hex'),
};
const EMPTY: World = {
  providers: [],
  policies: [],
  consumers: [],
  secrets: new Map(),
  services: new Map(),
  namespaces: new Map(),
  keySalt: SALT,
  allowedPrivateHosts: [],
};

/** Manifests may be anything: the compiler's promise is about objects nobody has checked. */
function world(parts: { readonly [K in keyof World]?: unknown }): World {
  return Object.assign({ ...EMPTY }, parts);
}

function object(name: string, spec: unknown, metadata: object = {}): unknown {
  const base = { namespace: 'team-a', name, uid: `uid-${name}`, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' };
  return { metadata: { ...base, ...metadata }, spec };
}

function text(compilation: Compilation): string {
  return canonicalJson([[...compilation.resources], [...compilation.diagnostics]]);
}

const OPENAI = object('openai', { type: 'OpenAI' });
const TARGET = { provider: { name: 'openai' }, model: 'gpt-4o-mini' };
const policy = (name: string, models: unknown, metadata: object = {}): unknown =>
  object(name, { models, rules: [{ name: 'main', targets: [TARGET] }] }, metadata);

describe('compile is total', () => {
  const hostile: fc.Arbitrary<unknown> = fc.oneof(
    { weight: 3, arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, maxDepth: 2 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        undefined,
        null,
        '',
        Number.NaN,
        -1,
        1e308,
        '\u0000',
        '../x',
        'x'.repeat(10_000),
        [],
        {},
        [null],
        cyclic(),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('OpenAI', 'Custom', 'Simulated', 'All', 'Selector', '30s', '2.50', 'team/*', 'a', 1, true) },
  );
  const fields = (...names: string[]): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 9, arbitrary: fc.record(Object.fromEntries(names.map((name) => [name, hostile])), { requiredKeys: [] }) },
      { weight: 1, arbitrary: hostile },
    );
  const listOf = (item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 4, arbitrary: fc.array(item, { maxLength: 3 }) }, { weight: 1, arbitrary: hostile });
  const half = (shape: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof(shape, hostile);
  const record = (shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> => fc.record(shape, { requiredKeys: [] });

  const metadata = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record(
        {
          namespace: fc.constantFrom('a', 'b'),
          name: fc.constantFrom('x', 'y', 'z'),
          uid: hostile,
          generation: hostile,
          creationTimestamp: hostile,
          labels: hostile,
        },
        { requiredKeys: ['namespace', 'name'] },
      ),
    },
    { weight: 1, arbitrary: hostile },
  );
  const secretRef = fc.oneof(fc.constant({ name: 's', key: 'k' }), fields('name', 'key'));
  const provider = record({
    metadata,
    spec: half(
      record({
        type: fc.oneof(fc.constantFrom('OpenAI', 'Anthropic', 'Custom', 'Simulated', 'VLLM'), hostile),
        dialect: fc.oneof(fc.constant('OpenAIChat'), hostile),
        baseURL: fc.oneof(fc.constant('https://x.example/v1'), hostile),
        serviceRef: fc.oneof(fc.constant({ name: 'svc', port: 80 }), fields('name', 'port')),
        tls: fields('caSecretRef', 'serverName', 'insecureSkipVerify'),
        credentials: listOf(record({ name: fc.oneof(fc.constant('main'), hostile), secretRef, weight: hostile })),
        models: listOf(
          record({
            name: fc.oneof(fc.constantFrom('m', 'm*', '*'), hostile),
            discover: fc.oneof(fc.constant(true), hostile),
            capabilities: hostile,
            contextWindow: hostile,
            pricing: fields('inputPerMTok', 'outputPerMTok', 'perRequest', 'tiers'),
          }),
        ),
        unpriced: hostile,
        circuitBreaker: fields('consecutiveFailures', 'failurePercent', 'minRequests', 'window', 'openFor', 'maxOpenFor'),
        timeouts: fields('connect', 'firstToken', 'idle', 'total'),
        concurrency: hostile,
        headers: listOf(fields('name', 'value')),
        allowedNamespaces: fields('from', 'selector'),
      }),
    ),
  });
  const target = record({
    provider: fc.oneof(fc.constant({ name: 'x' }), fields('name', 'namespace')),
    model: fc.oneof(fc.constant('m'), hostile),
    weight: hostile,
  });
  const match = fields('headers', 'consumers', 'keywords', 'inputTokens', 'tools', 'modalities');
  const rule = record({ name: fc.oneof(fc.constant('r'), hostile), match, strategy: fields('type'), targets: listOf(target) });
  const routePolicy = record({
    metadata,
    spec: half(
      record({
        models: listOf(fc.oneof(fc.constantFrom('a', 'b/*'), hostile)),
        access: fields('from', 'selector', 'anonymous'),
        rules: listOf(rule),
        resilience: fields('attempts', 'retryBudgetPercent', 'whenAllOpen'),
        onLossy: hostile,
      }),
    ),
  });
  const consumer = record({
    metadata,
    spec: half(record({ keys: listOf(record({ name: hostile, secretRef })), tier: hostile, models: listOf(hostile) })),
  });
  const anyWorld = fc.record({
    providers: listOf(half(provider)),
    policies: listOf(half(routePolicy)),
    consumers: listOf(half(consumer)),
    secrets: fc.constantFrom(
      new Map(),
      new Map([['a/s', { data: { k: 'secret-key' }, annotations: {} }]]),
      new Map([['a/s', { data: { k: 7 }, annotations: null }]]),
      new Map([['a/s', null]]),
    ),
    services: fc.constantFrom(
      new Map(),
      new Map([['a/svc', { ports: [{ port: 80 }], ready: [{ address: '10.0.0.1', servicePort: 80, port: 8080 }] }]]),
      new Map([['a/svc', {}]]),
    ),
    namespaces: fc.constantFrom(new Map(), new Map([['a', { team: 'x' }]]), new Map([['a', null]])),
    keySalt: fc.oneof(fc.constant(SALT), hostile),
  });

  test('whatever any slot of any object holds: it never throws, and every resource has a diagnosis', () => {
    fc.assert(
      fc.property(anyWorld, (parts) => {
        const { resources, diagnostics } = compile(world(parts), OPTIONS);
        expect(resources.has('settings')).toBe(true);
        for (const [key, body] of resources) {
          if (key !== 'settings') expect(diagnostics.get(key)).toBeDefined();
          // What is published is plain JSON: no cycles, no NaN, nothing that JSON would change on the way.
          expect(JSON.parse(JSON.stringify(body))).toEqual(body);
        }
        for (const verdict of [...diagnostics.values()].flatMap((entry) => [entry.accepted, entry.resolvedRefs])) {
          expect(verdict.message).not.toContain('secret-key');
          // The guard is for bugs; no input that JSON can carry may need it.
          expect(verdict.message).not.toContain('the compiler failed');
          expect(verdict.message.length).toBeLessThanOrEqual(4096);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('an object that makes the compiler throw fails alone', () => {
    const poisoned = object(
      'poisoned',
      Object.defineProperty({}, 'type', {
        get: () => {
          throw new RangeError('secret-key');
        },
      }),
    );
    const { resources, diagnostics } = compile(world({ providers: [OPENAI, poisoned], policies: [policy('p', ['a'])] }), OPTIONS);
    expect([...resources.keys()].sort()).toEqual(['policy/team-a/p', 'provider/team-a/openai', 'settings']);
    expect(diagnostics.get('provider/team-a/poisoned')?.accepted).toMatchObject({ status: 'False', reason: 'Invalid' });
    expect(diagnostics.get('provider/team-a/poisoned')?.accepted.message).not.toContain('secret-key');
  });

  test('objects without a usable name are ignored', () => {
    const nameless = [object('', {}), object('a/b', {}), object('x', {}, { namespace: '../y' }), { spec: {} }, null, 7];
    const { resources, diagnostics } = compile(world({ providers: nameless, policies: nameless, consumers: nameless }), OPTIONS);
    expect([...resources.keys()]).toEqual(['settings']);
    expect(diagnostics.size).toBe(0);
  });
});

describe('compile is deterministic', () => {
  test('1,000 shuffles of one world give an identical table', () => {
    const providers = Array.from({ length: 6 }, (_, i) =>
      object(`p${i}`, { type: i % 2 === 0 ? 'OpenAI' : 'Nonsense', allowedNamespaces: { from: 'All' } }),
    );
    const policies = Array.from({ length: 12 }, (_, i) =>
      object(
        `r${i}`,
        {
          models: ['shared', `own-${i}`, 'team/*'],
          rules: [{ name: 'main', targets: [{ provider: { name: `p${i % 7}`, namespace: 'team-a' }, model: 'gpt-4o' }] }],
        },
        { namespace: i % 3 === 0 ? 'team-b' : 'team-a', creationTimestamp: `2026-01-0${1 + (i % 3)}T00:00:00Z` },
      ),
    );
    const consumers = Array.from({ length: 4 }, (_, i) =>
      object(`c${i}`, { keys: [{ name: 'k', secretRef: { name: 'keys', key: 'k' } }] }),
    );
    const secrets = new Map([['team-a/keys', { data: { k: 'one' }, annotations: {} }]]);
    const expected = text(compile(world({ providers, policies, consumers, secrets }), OPTIONS));
    const shuffled = <T>(items: T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray(items, { minLength: items.length });
    fc.assert(
      fc.property(shuffled(providers), shuffled(policies), shuffled(consumers), (a, b, c) => {
        expect(text(compile(world({ providers: a, policies: b, consumers: c, secrets }), OPTIONS))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('names that several policies claim', () => {
  const conflicted = (compilation: Compilation, name: string): string | undefined =>
    compilation.diagnostics.get(`policy/team-a/${name}`)?.conflicted?.message;
  const models = (compilation: Compilation, name: string): unknown => {
    const body = compilation.resources.get(`policy/team-a/${name}`);
    return body?.type === 'policy' ? body.models : undefined;
  };

  test('the older policy keeps a name, the younger one carries Conflicted with the name of the winner', () => {
    const young = policy('a', ['assistant', 'own'], { creationTimestamp: '2026-02-01T00:00:00Z' });
    const result = compile(world({ providers: [OPENAI], policies: [young, policy('b', ['assistant'])] }), OPTIONS);
    expect(models(result, 'b')).toEqual([{ type: 'Exact', name: 'assistant' }]);
    expect(models(result, 'a')).toEqual([{ type: 'Exact', name: 'own' }]);
    expect(conflicted(result, 'a')).toContain('`assistant` is held by RoutePolicy `team-a/b`');
    expect(conflicted(result, 'b')).toBeUndefined();
  });

  test('a policy that lost every name is not accepted', () => {
    const result = compile(world({ providers: [OPENAI], policies: [policy('b', ['x']), policy('a', ['x'])] }), OPTIONS);
    expect(models(result, 'b')).toEqual([]);
    expect(result.diagnostics.get('policy/team-a/b')).toMatchObject({
      accepted: { status: 'False', reason: 'Invalid' },
      conflicted: { reason: 'NameTaken' },
    });
  });

  test('exact names and prefixes do not contend, nor do policies of different namespaces', () => {
    const other = policy('c', ['team/x'], { namespace: 'team-b' });
    const result = compile(world({ providers: [OPENAI], policies: [policy('a', ['team/x']), policy('b', ['team/*']), other] }), OPTIONS);
    expect([...result.diagnostics.values()].filter((entry) => entry.conflicted !== undefined)).toEqual([]);
  });
});

describe('the last good form', () => {
  const good = compile(world({ providers: [OPENAI], policies: [policy('p', ['a'])] }), OPTIONS).resources;
  const withLastGood = (lastGood: ReadonlyMap<string, ResourceBody>): CompileOptions => ({ ...OPTIONS, lastGood });

  test('keeps serving while the present one is invalid, and says so', () => {
    const broken = object('openai', { type: 'OpenAI', baseURL: 'http://169.254.169.254' }, { generation: 2 });
    const { resources, diagnostics } = compile(world({ providers: [broken], policies: [policy('p', ['a'])] }), withLastGood(good));
    expect(resources.get('provider/team-a/openai')).toEqual(good.get('provider/team-a/openai'));
    expect(resources.get('policy/team-a/p')).toEqual(good.get('policy/team-a/p'));
    expect(diagnostics.get('provider/team-a/openai')?.accepted).toMatchObject({ status: 'False', reason: 'Invalid' });
    expect(diagnostics.get('provider/team-a/openai')?.accepted.message).toContain('the last good form (generation 1) keeps serving');
  });

  test('is not that of another object with the same name', () => {
    const broken = object('openai', {}, { uid: 'another' });
    expect(compile(world({ providers: [broken] }), withLastGood(good)).resources.has('provider/team-a/openai')).toBe(false);
  });

  test('does not outlive a change of what is allowed', () => {
    const inside = object('inside', { type: 'VLLM', baseURL: 'http://10.0.0.1:8000/v1' });
    const before = compile(world({ providers: [inside], allowedPrivateHosts: ['10.0.0.0/8'] }), OPTIONS).resources;
    expect(before.has('provider/team-a/inside')).toBe(true);
    expect(compile(world({ providers: [inside] }), withLastGood(before)).resources.has('provider/team-a/inside')).toBe(false);
  });

  test('is gone with its object', () => {
    expect([...compile(world({}), withLastGood(good)).resources.keys()]).toEqual(['settings']);
  });

  test('keeps its names against a younger policy', () => {
    const broken = object('p', { models: ['a'], rules: [] }, { generation: 2 });
    const young = policy('q', ['a'], { creationTimestamp: '2026-05-01T00:00:00Z' });
    const { resources, diagnostics } = compile(world({ providers: [OPENAI], policies: [broken, young] }), withLastGood(good));
    expect(resources.get('policy/team-a/q')).toMatchObject({ models: [] });
    expect(diagnostics.get('policy/team-a/q')?.conflicted?.message).toContain('`team-a/p`');
  });
});

describe('keys of consumers', () => {
  const consumer = (name: string, created: string): unknown =>
    object(name, { keys: [{ name: 'main', secretRef: { name, key: 'apiKey' } }] }, { creationTimestamp: created });
  const secret = (value: string): unknown => ({ data: { apiKey: value }, annotations: {} });

  test('leave the compiler only as salted hashes', () => {
    const secrets = new Map([['team-a/bot', secret('sk-canary-123\n')]]);
    const compilation = compile(world({ consumers: [consumer('bot', '2026-01-01T00:00:00Z')], secrets }), OPTIONS);
    expect(text(compilation)).not.toContain('canary');
    expect(compilation.resources.get('consumer/team-a/bot')).toMatchObject({ keyHashes: [OPTIONS.hashKey('sk-canary-123')] });
  });

  test('that two consumers share identify the older one; the other is told whose it is, without the key', () => {
    const secrets = new Map([
      ['team-a/old', secret('sk-canary')],
      ['team-a/new', secret('sk-canary')],
    ]);
    const consumers = [consumer('new', '2026-03-01T00:00:00Z'), consumer('old', '2026-01-01T00:00:00Z')];
    const { resources, diagnostics } = compile(world({ consumers, secrets }), OPTIONS);
    expect(resources.get('consumer/team-a/old')).toMatchObject({ keyHashes: [OPTIONS.hashKey('sk-canary')] });
    expect(resources.get('consumer/team-a/new')).toMatchObject({ keyHashes: [] });
    const verdict = diagnostics.get('consumer/team-a/new')?.accepted;
    expect(verdict).toMatchObject({ status: 'False', reason: 'Invalid' });
    expect(verdict?.message).toContain('`team-a/old`');
    expect(verdict?.message).not.toContain('canary');
  });

  test('an allow-list without a usable entry allows nothing', () => {
    const bot = object('bot', { keys: [{ name: 'main', secretRef: { name: 'bot', key: 'apiKey' } }], models: ['a b', '*x'] });
    const secrets = new Map([['team-a/bot', secret('k')]]);
    expect(compile(world({ consumers: [bot], secrets }), OPTIONS).resources.get('consumer/team-a/bot')).toMatchObject({ models: [] });
  });
});

function cyclic(): unknown {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  self['selector'] = self;
  self['matchLabels'] = self;
  return self;
}
