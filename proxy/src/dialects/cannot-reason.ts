import type { CallContext } from './dialect.ts';

/** True when the model's capabilities are known and reasoning is not among them; an empty list knows nothing. */
export function cannotReason(context: CallContext): boolean {
  const known = context.capabilities ?? [];
  return known.length > 0 && !known.includes('Reasoning');
}
