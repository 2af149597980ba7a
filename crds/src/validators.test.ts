import { describe, expect, test } from '@jest/globals';
import type { ProviderResource } from './routing-table.ts';
import { validateDownFrame, validateObject, validateResource, validateRoutingTable, validateUpFrame } from './validators.ts';

const HASH = 'a'.repeat(64);

const provider: ProviderResource = {
  type: 'provider',
  namespace: 'team-a',
  name: 'openai',
  uid: 'u',
  generation: 1,
  vendor: 'OpenAI',
  dialect: 'openai-chat',
  origins: [{ url: 'https://api.openai.com' }],
  basePath: '/v1',
  auth: { type: 'Bearer' },
  headers: [],
  credentials: [{ name: 'main', secret: 'sk-secret', weight: 1 }],
  models: [],
  timeouts: { connectMs: 2_000, firstTokenMs: 30_000, idleMs: 60_000, totalMs: 600_000 },
  circuitBreaker: { consecutiveFailures: 5, failurePercent: 50, minRequests: 20, windowMs: 30_000, openMs: 30_000, maxOpenMs: 300_000 },
  quirks: {},
  privateAddressesAllowed: false,
};

const update = {
  type: 'update',
  contractVersion: 1,
  revision: 7,
  base: 0,
  upserts: {},
  deletes: [],
  tableHash: HASH,
  emptyConfirmed: true,
};

describe('resource bodies', () => {
  test('a compiled provider is valid and handed back with its type', () => {
    expect(validateResource(provider)).toEqual({ type: 'valid', value: provider });
  });

  test('members that this build does not know are allowed at any depth', () => {
    expect(validateResource({ ...provider, futureField: 1, quirks: { futureQuirk: true } }).type).toBe('valid');
  });

  test('an error names the path and what is allowed, but never the value', () => {
    const broken = { ...provider, credentials: [{ name: 'main', secret: 'sk-secret', weight: -1 }] };
    expect(validateResource(broken)).toEqual({ type: 'invalid', errors: ['credentials[0].weight must be >= 0'] });
    expect(JSON.stringify(validateResource({ ...provider, credentials: [{ name: 'x', secret: 5, weight: 1 }] }))).toContain(
      'credentials[0].secret must be a string',
    );
  });

  test('a missing member is named', () => {
    const { timeouts: _timeouts, ...rest } = provider;
    expect(validateResource(rest)).toEqual({ type: 'invalid', errors: ['timeouts is required'] });
  });

  test('a resource type of a newer operator is invalid on its own', () => {
    expect(validateResource({ type: 'budget' })).toEqual({ type: 'invalid', errors: ['type must be a known one'] });
  });

  test('a strategy of a newer operator is named with the ones known here', () => {
    const policy = {
      ...{ type: 'policy', namespace: 'a', name: 'b', uid: 'u', generation: 1, createdAt: '2026-01-01T00:00:00Z', models: [] },
      access: { from: 'Same', matchLabels: {}, namespaces: ['a'], anonymous: false },
      rules: [{ name: 'main', strategy: 'Semantic', targets: [] }],
      resilience: { attempts: 3, budgetPercent: 20, whenAllOpen: 'LeastBad' },
      onLossy: 'Warn',
    };
    expect(validateResource(policy)).toEqual({
      type: 'invalid',
      errors: ['rules[0].strategy must be one of Priority, RoundRobin, Weighted, LeastBusy, Latency, Cost'],
    });
  });

  test.each([null, undefined, 5, 'provider', [], [provider], {}])('garbage (%j) is a value, not a throw', (garbage) => {
    expect(validateResource(garbage).type).toBe('invalid');
    expect(validateDownFrame(garbage).type).toBe('invalid');
    expect(validateUpFrame(garbage).type).toBe('invalid');
    expect(validateRoutingTable(garbage).type).toBe('invalid');
    expect(validateObject('ModelProvider', garbage).type).toBe('invalid');
  });
});

describe('tables', () => {
  test('a table names the resource that is at fault', () => {
    const table = {
      contractVersion: 1,
      revision: 1,
      hash: HASH,
      resources: { 'provider/team-a/openai': { hash: HASH, body: { ...provider, dialect: 'x' } } },
    };
    expect(validateRoutingTable(table)).toEqual({
      type: 'invalid',
      errors: [expect.stringMatching(/^resources\["provider\/team-a\/openai"\]\.body\.dialect must be one of openai-chat, .*, replicate$/)],
    });
  });
});

describe('frames', () => {
  test('one invalid resource does not make the frame invalid: bodies are judged one by one', () => {
    const frame = { ...update, upserts: { 'provider/a/b': { hash: HASH, body: { type: 'provider' } } } };
    expect(validateDownFrame(frame).type).toBe('valid');
  });

  test('a frame of a newer operator is unknown, to be ignored, and not invalid', () => {
    expect(validateDownFrame({ type: 'advice', text: 'x' })).toEqual({ type: 'unknown', frameType: 'advice' });
  });

  test('an update without its hash is invalid', () => {
    expect(validateDownFrame({ ...update, tableHash: 'short' })).toEqual({
      type: 'invalid',
      errors: ['tableHash must match ^[0-9a-f]{64}$'],
    });
  });

  test('a hello of a newer proxy may speak dialects that the operator does not know', () => {
    const hello = {
      type: 'hello',
      proxyId: 'p',
      version: '9',
      contractVersion: 1,
      dialects: ['telegraph'],
      heldRevision: 0,
      heldHashes: {},
    };
    expect(validateUpFrame(hello)).toEqual({ type: 'valid', value: hello });
  });

  test('counts below zero are refused', () => {
    const report = {
      ...{ type: 'report', proxyId: 'p', epoch: 1, sequence: 1, windowMs: 1, policies: [] },
      providers: [{ key: 'provider/a/b', models: [], credentials: [{ name: 'main', state: 'Sleepy' }] }],
    };
    expect(validateUpFrame(report)).toEqual({
      type: 'invalid',
      errors: ['providers[0].credentials[0].state must be one of Active, RateLimited, Rejected, Exhausted'],
    });
  });
});

describe('objects', () => {
  test('every error of an object is reported, in words', () => {
    const object = {
      ...{ apiVersion: 'headgate.dev/v1', kind: 'ModelProvider', metadata: { name: 'Up' } },
      spec: {
        type: 'OpenAI',
        colour: 'red',
        credentials: [{ name: 'main', secretRef: { name: 'a' }, weight: 2_000_000 }],
        concurrency: '5',
      },
    };
    const result = validateObject('ModelProvider', object);
    expect(result.type === 'invalid' ? [...result.errors].sort() : []).toEqual([
      'apiVersion must be headgate.dev/v1alpha1',
      expect.stringMatching(/^metadata.name must match /),
      'spec.colour is not a known field',
      'spec.concurrency must be an integer',
      'spec.credentials[0].secretRef.key is required',
      'spec.credentials[0].weight must be <= 1000000',
    ]);
  });

  test('a flood of errors is cut', () => {
    const spec = { type: 'OpenAI', ...Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field${i}`, i])) };
    const result = validateObject('ModelProvider', {
      apiVersion: 'headgate.dev/v1alpha1',
      kind: 'ModelProvider',
      metadata: { name: 'a' },
      spec,
    });
    expect(result.type === 'invalid' ? result.errors.length : 0).toBe(16);
  });
});
