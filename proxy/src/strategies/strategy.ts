import type { StrategyType } from '@headgate/crds';
import type { StrategyState, Target } from '../snapshot/snapshot.ts';
import type { CallFacts } from '../wire/call-facts.ts';

/** Ranks the targets of a rule, best first. Pure but for `state`, which only the strategy itself changes. */
export interface Strategy {
  readonly type: StrategyType;
  /** `targets` holds only usable ones, each with its usable endpoints, and is never empty; the answer holds each of them once. */
  rank(targets: readonly Target[], context: StrategyContext): readonly Target[];
}

export interface StrategyContext {
  readonly facts: CallFacts;
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly state: StrategyState;
  /**
   * The caller is, or may soon be, in a tool loop: equal calls must get equal orders, so that the model that made the tool
   * calls also reads their results. No turns, no exploration; `random` is seeded with the conversation then.
   */
  readonly pinned: boolean;
}
