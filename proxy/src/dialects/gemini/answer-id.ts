import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';

/**
 * What tells an answer from others of the same conversation, for the ids of its calls: its own id, or, in the rare
 * answer without one, a hash of what it says first.
 */
export function answerIdOf(body: JsonObject): string {
  const id = asString(body['responseId']);
  return id !== undefined && id !== '' ? id : fnv1a(JSON.stringify(body));
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo), as hex. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
