import type { Opaque } from '../../wire/chat-call.ts';
import { tagOpaque } from '../opaque-text.ts';

/**
 * What an answer's call carries for other dialects (Gemini's thought signatures), as data of `redacted_thinking` blocks
 * before it: the one opaque place that Anthropic's callers send back. OpenAI's fields hold the same for OpenAI's callers.
 */
export function foreignState(opaque: Opaque | undefined): readonly string[] {
  return Object.entries(opaque ?? {}).flatMap(([dialect, fields]) =>
    dialect === 'anthropic-messages' || dialect === 'openai-chat' || fields === undefined ? [] : [tagOpaque(dialect, fields)],
  );
}
