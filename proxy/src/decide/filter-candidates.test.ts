import { describe, expect, test } from '@jest/globals';
import { sampleFacts } from '../snapshot/sample-table.ts';
import { sampleRunningTarget, type TargetShape } from '../snapshot/sample-target.ts';
import type { Target } from '../snapshot/snapshot.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import { filterCandidates } from './filter-candidates.ts';

const NOW_MS = 1_000;

/** Reason why the only endpoint of a target in this shape is removed, or `usable`. */
function verdict(target: Target, facts: Partial<CallFacts> = {}): string {
  const { usable, removed } = filterCandidates([target], sampleFacts(facts), NOW_MS);
  expect(usable.length + Math.min(1, removed.length)).toBe(1);
  return removed[0]?.reason ?? 'usable';
}

function withModel(model: NonNullable<TargetShape['model']>): Target {
  return sampleRunningTarget('p', { model });
}

function firstEndpoint(target: Target): Target['endpoints'][number] {
  const [endpoint] = target.endpoints;
  if (endpoint === undefined) throw new Error('the sample has an endpoint');
  return endpoint;
}

describe('filterCandidates', () => {
  test('a target without addresses is named by its own id', () => {
    const target = { ...sampleRunningTarget('p'), endpoints: [] };
    expect(filterCandidates([target], sampleFacts(), NOW_MS).removed).toEqual([{ endpointId: 'team/p/m', reason: 'no-ready-address' }]);
  });

  test.each([
    ['tools', { hasTools: true }, 'Tools'],
    ['images', { hasImages: true }, 'Vision'],
    ['audio', { hasAudio: true }, 'Audio'],
    ['a JSON schema', { hasJsonSchema: true }, 'JsonSchema'],
  ] as const)('a call with %s goes only to models that take it', (_, facts, capability) => {
    expect(verdict(withModel({ capabilities: ['Chat'] }), facts)).toBe('capability');
    expect(verdict(withModel({ capabilities: ['Chat', capability] }), facts)).toBe('usable');
  });

  test('unknown capabilities keep nothing out', () => {
    const facts = { hasTools: true, hasImages: true, hasAudio: true, hasJsonSchema: true };
    expect(verdict(withModel({ capabilities: [] }), facts)).toBe('usable');
    expect(verdict(withModel({ capabilities: [] }), { operation: 'embeddings' })).toBe('usable');
  });

  test('embeddings and chat do not mix', () => {
    expect(verdict(withModel({ capabilities: ['Chat', 'Tools'] }), { operation: 'embeddings' })).toBe('capability');
    expect(verdict(withModel({ capabilities: ['Embeddings'] }), { operation: 'embeddings' })).toBe('usable');
    expect(verdict(withModel({ capabilities: ['Embeddings'] }))).toBe('capability');
  });

  test('a list that names only special abilities is still one of a chat model', () => {
    expect(verdict(withModel({ capabilities: ['Tools'] }))).toBe('usable');
  });

  test('the window has a margin of 10 % on the estimate of the input', () => {
    const model = { contextWindow: 11_000 };
    expect(verdict(withModel(model), { inputTokens: 10_000 })).toBe('usable');
    expect(verdict(withModel(model), { inputTokens: 10_001 })).toBe('context-window');
    expect(verdict(withModel({}), { inputTokens: 1e9 })).toBe('usable');
  });

  test('the answer’s limit counts against the window, up to what the model can write', () => {
    expect(verdict(withModel({ contextWindow: 8_000 }), { inputTokens: 1_000, maxOutputTokens: 7_000 })).toBe('context-window');
    expect(verdict(withModel({ contextWindow: 8_000, maxOutputTokens: 4_000 }), { inputTokens: 1_000, maxOutputTokens: 7_000 })).toBe(
      'usable',
    );
  });

  test('a call with files goes only to the provider and the key that keep them', () => {
    const filesAt = { provider: 'team/p', credential: 'main' };
    expect(verdict(sampleRunningTarget('p'), { filesAt })).toBe('usable');
    expect(verdict(sampleRunningTarget('q'), { filesAt })).toBe('files-elsewhere');
    expect(verdict(sampleRunningTarget('p'), { filesAt: { ...filesAt, credential: 'spare' } })).toBe('files-elsewhere');
  });

  test.each([
    ['RateLimited', 'credential-rate-limited'],
    ['Rejected', 'credential-rejected'],
    ['Exhausted', 'credential-exhausted'],
  ] as const)('a key that is %s is left alone until its time is over', (state, reason) => {
    const target = sampleRunningTarget('p');
    Object.assign(firstEndpoint(target).signals.credential, { state, untilMs: NOW_MS + 1 });
    expect(verdict(target)).toBe(reason);
    firstEndpoint(target).signals.credential.untilMs = NOW_MS;
    expect(verdict(target)).toBe('usable');
  });

  test('an endpoint at its ceiling of requests in flight takes no more', () => {
    const at = (inFlight: number): string => verdict(sampleRunningTarget('p', { concurrency: 2, endpoints: [{ inFlight }] }));
    expect([1, 2, 3].map(at)).toEqual(['usable', 'concurrency-limit', 'concurrency-limit']);
  });

  test('an open breaker removes its endpoint and leaves the others', () => {
    const target = sampleRunningTarget('p', { endpoints: [{}, {}] });
    for (let i = 0; i < 5; i += 1) firstEndpoint(target).signals.breaker.onFailure(NOW_MS);
    const { usable, open, removed } = filterCandidates([target], sampleFacts(), NOW_MS);
    expect(usable.map(({ id, endpoints }) => [id, endpoints.length])).toEqual([['team/p/m', 1]]);
    expect(open.map(({ id, endpoints }) => [id, endpoints.length])).toEqual([['team/p/m', 1]]);
    expect(removed).toEqual([{ endpointId: 'team/p/m@main#0', reason: 'circuit-open' }]);
  });

  test('a breaker is the reason only when nothing else is wrong', () => {
    const target = sampleRunningTarget('p');
    const { signals } = firstEndpoint(target);
    for (let i = 0; i < 5; i += 1) signals.breaker.onFailure(NOW_MS);
    Object.assign(signals.credential, { state: 'Rejected', untilMs: NOW_MS + 1 });
    const { open, removed } = filterCandidates([target], sampleFacts(), NOW_MS);
    expect(open).toEqual([]);
    expect(removed[0]?.reason).toBe('credential-rejected');
  });

  test('a target that is usable as a whole is handed on as the same object', () => {
    const target = sampleRunningTarget('p', { endpoints: [{}, {}] });
    expect(filterCandidates([target], sampleFacts(), NOW_MS).usable[0]).toBe(target);
  });
});
