import type { Opaque } from '../wire/chat-call.ts';
import { tagOpaque } from './opaque-text.ts';

/**
 * What an answer's call carries for third dialects (Gemini's thought signatures), for callers whose calls have no place
 * of their own for it: it travels tagged, in an opaque block before the call, and is put back onto the call from there.
 * OpenAI's chat fields say the same again, for callers of chat completions.
 */
export function foreignState(opaque: Opaque | undefined, dialect: string): readonly string[] {
  return Object.entries(opaque ?? {}).flatMap(([owner, fields]) =>
    owner === dialect || owner === 'openai-chat' || fields === undefined ? [] : [tagOpaque(owner, fields)],
  );
}
