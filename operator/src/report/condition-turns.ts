import type { Condition } from '@headgate/crds';

/** A condition that came to stand otherwise. */
export interface ConditionTurn {
  readonly condition: Condition;
  /** A new object that is fine, which nobody needs to hear of. */
  readonly isExpected: boolean;
  readonly type: 'Normal' | 'Warning';
}

/** Summed up by the others. */
const NO_TOPIC = 'Ready';
/** Passing states of every edit, or no news at all. */
const PASSING: ReadonlySet<string> = new Set(['Pending', 'PartiallyProgrammed', 'NoTraffic']);

/** What turned between two statuses of one object, for people: Events, or lines on a console. */
export function conditionTurns(before: readonly Condition[], after: readonly Condition[]): readonly ConditionTurn[] {
  return after.flatMap((condition): ConditionTurn[] => {
    const { type: topic, status, reason } = condition;
    if (topic === NO_TOPIC || PASSING.has(reason)) return [];
    const old = before.find(({ type }) => type === topic);
    if (old?.reason === reason) return [];
    const isGood = status === 'True' && topic !== 'Conflicted';
    return [{ condition, isExpected: old === undefined && isGood, type: isGood ? 'Normal' : 'Warning' }];
  });
}
