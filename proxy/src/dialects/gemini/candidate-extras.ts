import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { DIALECT } from './thought-signature.ts';

const READ = new Set(['content', 'finishReason', 'index']);

/**
 * What a candidate says beside its content: `groundingMetadata`, `citationMetadata`, `safetyRatings`. Only Gemini's
 * callers know it, so it travels as an event of this dialect alone; undefined when there is nothing.
 */
export function extrasEvent(candidate: JsonObject): StreamEvent | undefined {
  let extras: Record<string, Json> | undefined;
  for (const name of Object.keys(candidate)) {
    const value = candidate[name];
    if (READ.has(name) || value === undefined) continue;
    extras ??= {};
    extras[name] = value;
  }
  return extras === undefined ? undefined : { type: 'other', dialect: DIALECT, value: { candidate: extras } };
}

/** The extras in an event or part of this dialect; undefined for parts of the content. */
export function extrasOf(value: JsonObject): JsonObject | undefined {
  return asObject(value['candidate']);
}
