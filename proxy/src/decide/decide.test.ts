import type { PolicyResilience, StrategyType } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RetryBudget } from '../snapshot/retry-budget.ts';
import { sampleFacts, samplePolicy, sampleRule } from '../snapshot/sample-table.ts';
import { sampleRunningTarget, seededRandom } from '../snapshot/sample-target.ts';
import type { Policy, Rule, Target } from '../snapshot/snapshot.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import { decide } from './decide.ts';
import type { Decision, Plan } from './decision.ts';

const NOW_MS = 10_000;

function makeRule(targets: readonly Target[], strategy: StrategyType = 'Priority', matches: Rule['matches'] = () => true): Rule {
  const resource = sampleRule(
    targets.map((target) => target.resource),
    { strategy },
  );
  return { resource, match: undefined, matches, targets, strategyState: { credit: new Map() } };
}

function makePolicy(rules: readonly Rule[], resilience: Partial<PolicyResilience> = {}): Policy {
  const base = samplePolicy(
    'assistant',
    rules.map((rule) => rule.resource),
  );
  const resource = { ...base, resilience: { ...base.resilience, ...resilience } };
  return { key: 'policy/team/assistant', id: 'team/assistant', resource, rules, retryBudget: new RetryBudget() };
}

function run(policy: Policy, facts: Partial<CallFacts> = {}, seed = 1): Decision {
  return decide(policy, sampleFacts(facts), { nowMs: NOW_MS, random: seededRandom(seed) });
}

function plan(policy: Policy, facts: Partial<CallFacts> = {}, seed = 1): Plan {
  const decision = run(policy, facts, seed);
  if (decision.type !== 'plan') throw new Error(`expected a plan, got ${decision.reason}`);
  return decision;
}

function open(target: Target, nowMs = NOW_MS): void {
  for (const { signals } of target.endpoints) for (let i = 0; i < 5; i += 1) signals.breaker.onFailure(nowMs);
}

function targetIds(decision: Plan): readonly string[] {
  return decision.attempts.map(({ target }) => target.id);
}

describe('decide', () => {
  test('the first rule that matches decides, later ones do not count', () => {
    const [a, b, c] = [sampleRunningTarget('a'), sampleRunningTarget('b'), sampleRunningTarget('c')];
    const policy = makePolicy([makeRule([a], 'Priority', () => false), makeRule([b]), makeRule([c])]);
    expect(targetIds(plan(policy))).toEqual(['team/b/m']);
  });

  test('without a matching rule the call is unroutable, and says so', () => {
    const decision = run(makePolicy([makeRule([sampleRunningTarget('a')], 'Priority', () => false)]));
    expect(decision).toMatchObject({ type: 'unroutable', reason: 'no-rule', removed: [], retryAfterMs: undefined });
  });

  test('a rule that matches but has no candidate does not fall through to the next rule', () => {
    const down = { ...sampleRunningTarget('a'), endpoints: [] };
    const decision = run(makePolicy([makeRule([down]), makeRule([sampleRunningTarget('b')])]));
    expect(decision).toMatchObject({
      type: 'unroutable',
      reason: 'no-candidate',
      removed: [{ endpointId: 'team/a/m', reason: 'no-ready-address' }],
    });
  });

  test('all endpoints of the best target come before those of the next', () => {
    const policy = makePolicy([
      makeRule([sampleRunningTarget('a', { endpoints: [{}, {}] }), sampleRunningTarget('b', { endpoints: [{}, {}] })]),
    ]);
    expect(targetIds(plan(policy))).toEqual(['team/a/m', 'team/a/m', 'team/b/m', 'team/b/m']);
  });

  test('a pool of 500 endpoints leaves room in the plan for the next target', () => {
    const pool = sampleRunningTarget('a', { endpoints: Array.from({ length: 500 }, () => ({})) });
    const policy = makePolicy([makeRule([pool, sampleRunningTarget('b')])], { attempts: 3 });
    expect(targetIds(plan(policy))).toEqual(['team/a/m', 'team/a/m', 'team/a/m', 'team/b/m']);
  });

  test('an open breaker moves traffic to the next target, and the plan says why', () => {
    const [a, b] = [sampleRunningTarget('a'), sampleRunningTarget('b')];
    open(a);
    const decision = plan(makePolicy([makeRule([a, b])]));
    expect(targetIds(decision)).toEqual(['team/b/m']);
    expect(decision.removed).toEqual([{ endpointId: 'team/a/m@main#0', reason: 'circuit-open' }]);
    expect(decision.leastBad).toBe(false);
  });

  test('whenAllOpen LeastBad sends the call all the same, spread over all of them', () => {
    const targets = ['a', 'b', 'c'].map((name) => sampleRunningTarget(name));
    for (const target of targets) open(target);
    const policy = makePolicy([makeRule(targets)], { whenAllOpen: 'LeastBad' });
    const firsts = new Set<string | undefined>();
    for (let seed = 0; seed < 50; seed += 1) {
      const decision = plan(policy, {}, seed * 1_000_003);
      expect(decision.leastBad).toBe(true);
      expect(decision.attempts.length).toBe(3);
      firsts.add(targetIds(decision)[0]);
    }
    expect(firsts.size).toBe(3);
  });

  test('LeastBad never uses a key that was rejected', () => {
    const target = sampleRunningTarget('a', { endpoints: [{ key: 'good' }, { key: 'bad' }] });
    open(target);
    for (const { id, signals } of target.endpoints) {
      if (id.includes('@bad')) Object.assign(signals.credential, { state: 'Rejected', untilMs: NOW_MS + 60_000 });
    }
    const decision = plan(makePolicy([makeRule([target])]));
    expect(decision.attempts.map(({ endpoint }) => endpoint.id)).toEqual(['team/a/m@good#0']);
  });

  test.each(['Rejected', 'Exhausted', 'RateLimited'] as const)(
    'LeastBad asks a provider whose only key is %s: its own answer says more than ours',
    (state) => {
      const target = sampleRunningTarget('a');
      for (const { signals } of target.endpoints) Object.assign(signals.credential, { state, untilMs: NOW_MS + 60_000 });
      expect(plan(makePolicy([makeRule([target])]))).toMatchObject({ leastBad: true });
      expect(run(makePolicy([makeRule([target])], { whenAllOpen: 'Fail' }))).toMatchObject({ type: 'unroutable' });
    },
  );

  test('LeastBad sends nothing to a key inside a wait that the provider named', () => {
    const target = sampleRunningTarget('a');
    for (const { signals } of target.endpoints) {
      Object.assign(signals.credential, { state: 'RateLimited', untilMs: NOW_MS + 60_000, waitTold: true });
    }
    expect(run(makePolicy([makeRule([target])]))).toMatchObject({ type: 'unroutable', retryAfterMs: 60_000 });
  });

  test('whenAllOpen Fail refuses, and says when the first breaker lets a probe through', () => {
    const [a, b] = [sampleRunningTarget('a'), sampleRunningTarget('b')];
    open(a, NOW_MS - 20_000);
    open(b, NOW_MS);
    const decision = run(makePolicy([makeRule([a, b])], { whenAllOpen: 'Fail' }));
    expect(decision).toMatchObject({ type: 'unroutable', reason: 'no-candidate', retryAfterMs: 10_000 });
  });

  test('keys in their cool-down: the answer says when the first one is over', () => {
    const target = sampleRunningTarget('a', { endpoints: [{ key: 'x' }, { key: 'y' }] });
    for (const [i, { signals }] of target.endpoints.entries()) {
      Object.assign(signals.credential, { state: 'RateLimited', untilMs: NOW_MS + 7_000 + i * 1_000, waitTold: true });
    }
    expect(run(makePolicy([makeRule([target])]))).toMatchObject({ type: 'unroutable', retryAfterMs: 7_000 });
  });

  test('a capability that no target has gives no time to wait for', () => {
    const target = sampleRunningTarget('a', { model: { capabilities: ['Chat'] } });
    const decision = run(makePolicy([makeRule([target])]), { hasTools: true });
    expect(decision).toMatchObject({ type: 'unroutable', removed: [{ reason: 'capability' }], retryAfterMs: undefined });
  });

  test.each(['Priority', 'RoundRobin', 'Weighted', 'LeastBusy', 'Latency', 'Cost'] as const)(
    '%s: a tool loop stays with the target that made the tool calls, and other calls do not disturb it',
    (strategy) => {
      const targets = ['a', 'b', 'c', 'd'].map((name) => sampleRunningTarget(name, { endpoints: [{ ttftEwmaMs: 100 }] }));
      const policy = makePolicy([makeRule(targets, strategy)]);
      for (let conversation = 0; conversation < 20; conversation += 1) {
        const lastUserText = `question ${conversation}`;
        const first = targetIds(plan(policy, { hasTools: true, lastUserText }, conversation));
        for (let i = 0; i < 3; i += 1) plan(policy, {}, conversation * 10 + i);
        const second = targetIds(plan(policy, { hasTools: true, inToolLoop: true, lastUserText, inputTokens: 900 }, conversation + 500));
        expect(second).toEqual(first);
      }
    },
  );

  test.each(['RoundRobin', 'Weighted', 'LeastBusy'] as const)('%s: conversations with tools are spread over the targets', (strategy) => {
    const policy = makePolicy([
      makeRule(
        ['a', 'b', 'c'].map((name) => sampleRunningTarget(name)),
        strategy,
      ),
    ]);
    const counts = new Map<string, number>();
    for (let i = 0; i < 600; i += 1) {
      const [first = ''] = targetIds(plan(policy, { hasTools: true, lastUserText: `question ${i}` }));
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect(counts.size).toBe(3);
    for (const count of counts.values()) expect(count).toBeGreaterThan(140);
  });

  test('whatever the state of the fleet, no planned attempt fails a hard filter and none occurs twice', () => {
    const endpoint = fc.record({ key: fc.constantFrom('x', 'y'), inFlight: fc.nat(3), down: fc.boolean(), limited: fc.boolean() });
    const target = fc.record({
      endpoints: fc.array(endpoint, { minLength: 1, maxLength: 4 }),
      window: fc.constantFrom(100, 1_000, 100_000),
      tools: fc.boolean(),
    });
    const strategies = fc.constantFrom<StrategyType>('Priority', 'RoundRobin', 'Weighted', 'LeastBusy', 'Latency', 'Cost');
    fc.assert(
      fc.property(fc.array(target, { minLength: 1, maxLength: 5 }), strategies, fc.boolean(), (shapes, strategy, hasTools) => {
        const targets = shapes.map(({ endpoints, window, tools }, i) => {
          const made = sampleRunningTarget(`p${i}`, {
            concurrency: 2,
            endpoints,
            model: { contextWindow: window, capabilities: tools ? ['Chat', 'Tools'] : ['Chat'] },
          });
          for (const [at, { down, limited }] of endpoints.entries()) {
            const { signals } = made.endpoints[at] ?? { signals: undefined };
            for (let n = 0; down && n < 5; n += 1) signals?.breaker.onFailure(NOW_MS);
            if (limited && signals !== undefined)
              Object.assign(signals.credential, { state: 'RateLimited', untilMs: NOW_MS + 1_000, waitTold: true });
          }
          return made;
        });
        const decision = run(makePolicy([makeRule(targets, strategy)]), { hasTools, inputTokens: 500 });
        if (decision.type === 'unroutable') return;
        const ids = decision.attempts.map(({ endpoint: { id } }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const {
          endpoint: { signals, model },
        } of decision.attempts) {
          expect(signals.credential.state).toBe('Active');
          expect(signals.inFlight).toBeLessThan(2);
          expect(model.contextWindow).toBeGreaterThanOrEqual(550);
          if (hasTools) expect(model.capabilities).toContain('Tools');
          if (!decision.leastBad) expect(signals.breaker.isAvailable(NOW_MS)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
