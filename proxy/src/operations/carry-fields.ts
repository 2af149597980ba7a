import type { Loss } from '../wire/chat-call.ts';
import type { JsonObject } from '../wire/json.ts';

/** The fields of a call that a vendor knows, and a named loss for each that it does not. */
export function carry(
  body: JsonObject,
  known: readonly string[],
  reason: string,
): { readonly fields: JsonObject; readonly losses: readonly Loss[] } {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined && value !== null);
  return {
    fields: Object.fromEntries(entries.filter(([name]) => known.includes(name))),
    losses: entries.filter(([name]) => !known.includes(name)).map(([field]) => ({ field, reason })),
  };
}
