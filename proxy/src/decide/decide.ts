import type { Policy, Rule, Target } from '../snapshot/snapshot.ts';
import { findStrategy } from '../strategies/registry.ts';
import type { StrategyContext } from '../strategies/strategy.ts';
import { weightedOrder } from '../strategies/weighted-order.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import { conversationRandom } from './conversation-random.ts';
import type { Decision, PlannedAttempt } from './decision.ts';
import { filterCandidates } from './filter-candidates.ts';
import { orderEndpoints } from './order-endpoints.ts';
import { retryAfterMs } from './retry-after.ts';

export interface DecideContext {
  /** Monotonic. */
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Where a call goes: the first rule that matches, its candidates through the hard filters, the targets in the order of the
 * rule's strategy, within a target its endpoints by key weight and load. The attempts of one target come before those of
 * the next. Calls with tools are pinned: see StrategyContext.
 */
export function decide(policy: Policy, facts: CallFacts, context: DecideContext): Decision {
  const rule = policy.rules.find((candidate) => candidate.matches(facts));
  if (rule === undefined) return { type: 'unroutable', policy, reason: 'no-rule', removed: [], retryAfterMs: undefined };
  const { usable, open, refused, removed } = filterCandidates(rule.targets, facts, context.nowMs);
  const leastBad = usable.length === 0 && policy.resource.resilience.whenAllOpen === 'LeastBad';
  const candidates = leastBad ? leastBadOf(open, refused) : usable;
  if (candidates.length === 0) {
    const wait = retryAfterMs(rule.targets, context.nowMs);
    const held = facts.filesAt === undefined ? {} : { filesAt: facts.filesAt.provider };
    return { type: 'unroutable', policy, reason: 'no-candidate', removed, retryAfterMs: wait, ...held };
  }
  const attempts = planAttempts(candidates, { policy, rule, facts, context, leastBad });
  return { type: 'plan', policy, rule, attempts, removed, leastBad };
}

/** A target that fails may have recovered by itself; a key that was refused needs somebody to set it right. */
function leastBadOf(open: readonly Target[], refused: readonly Target[]): readonly Target[] {
  return open.length > 0 ? open : refused;
}

interface Planning {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly facts: CallFacts;
  readonly context: DecideContext;
  readonly leastBad: boolean;
}

function planAttempts(candidates: readonly Target[], planning: Planning): readonly PlannedAttempt[] {
  const { policy, rule, facts, context } = planning;
  const pinned = facts.hasTools || facts.inToolLoop;
  const random = pinned ? conversationRandom(facts, rule.resource.name) : context.random;
  const limit = policy.resource.resilience.attempts;
  const { nowMs } = context;
  // With everything refused or failing there is no best target: spread, so that none is hit by all of the traffic.
  const targets = planning.leastBad
    ? weightedOrder(candidates, random)
    : rank(candidates, rule, { facts, nowMs, random, state: rule.strategyState, pinned });
  const attempts: PlannedAttempt[] = [];
  for (const target of targets) {
    for (const endpoint of orderEndpoints(target.endpoints, { nowMs, random, limit })) attempts.push({ target, endpoint });
  }
  return attempts;
}

function rank(targets: readonly Target[], rule: Rule, context: StrategyContext): readonly Target[] {
  const strategy = findStrategy(rule.resource.strategy);
  if (strategy === undefined) throw new Error(`no strategy ${rule.resource.strategy}: the snapshot should have refused it`);
  return targets.length < 2 ? targets : strategy.rank(targets, context);
}
