import { isRecord } from '../support/kube-failure.ts';

/** Moves with every write of a condition and says nothing by itself. */
const IGNORED = new Set(['lastTransitionTime']);

/** Whether two statuses say the same, whatever the order of fields; times of transitions do not count. */
export function isSameStatus(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSameStatus(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => IGNORED.has(name) || isSameStatus(a[name], b[name]));
}

/**
 * Whether somebody may be waiting for the difference: a condition came, went, or changed its status, reason or generation, or
 * the status is about another generation. Everything else (messages, numbers) can wait its turn.
 */
export function hasFlipped(before: unknown, after: unknown): boolean {
  return !isSameStatus(verdicts(before), verdicts(after));
}

function verdicts(status: unknown): unknown {
  if (!isRecord(status)) return undefined;
  const conditions: readonly unknown[] = Array.isArray(status['conditions']) ? status['conditions'] : [];
  const byType = conditions.filter(isRecord).map((condition): [string, unknown] => {
    const { type, status: value, reason, observedGeneration } = condition;
    return [String(type), { value, reason, observedGeneration }];
  });
  return { observedGeneration: status['observedGeneration'], conditions: Object.fromEntries(byType) };
}
