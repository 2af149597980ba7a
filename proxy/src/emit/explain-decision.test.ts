import { describe, expect, test } from '@jest/globals';
import type { RemovalReason, Unroutable } from '../decide/decision.ts';
import type { Policy } from '../snapshot/snapshot.ts';
import { explainUnroutable } from './explain-decision.ts';

function unroutable(reasons: readonly RemovalReason[], retryAfterMs?: number): Unroutable {
  const policy = { id: 'team/assistant' } as Policy;
  const removed = reasons.map((reason, i) => ({ endpointId: `team/p${i}/m@main#10.0.0.${i}:80`, reason }));
  return { type: 'unroutable', policy, reason: 'no-candidate', removed, retryAfterMs };
}

describe('explainUnroutable', () => {
  test('names every candidate and why it was left out, but no address', () => {
    const error = explainUnroutable(unroutable(['circuit-open', 'credential-rejected'], 1500));
    expect(error).toMatchObject({ status: 503, code: 'no_usable_target', retryAfterMs: 1500, shouldRetry: false });
    expect(error.message).toBe(
      'No target of the route policy team/assistant can take this request: team/p0/m@main: circuit breaker open after failures; team/p1/m@main: the provider refused the key.',
    );
  });

  test.each<[readonly RemovalReason[], number]>([
    [['capability', 'context-window'], 400],
    [['credential-rate-limited', 'credential-exhausted'], 429],
    [['credential-rate-limited', 'circuit-open'], 503],
    [['no-ready-address'], 503],
    [[], 503],
  ])('%j is status %i', (reasons, status) => {
    expect(explainUnroutable(unroutable(reasons)).status).toBe(status);
  });

  test('long lists are cut', () => {
    const { message } = explainUnroutable(unroutable(Array.from({ length: 20 }, () => 'circuit-open')));
    expect(message).toContain('; and 12 more.');
  });
});
