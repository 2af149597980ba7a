import type { ChatCall } from '../../wire/chat-call.ts';
import type { Json } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';

/** o1, o3-mini, o4-mini-2025-04-16; gpt-5 and its sizes, but not gpt-5-chat-latest. */
const ALWAYS = /^(?:o\d(?:-|$)|gpt-5(?:-(?:mini|nano|pro|codex))?(?:-\d{4}-\d\d-\d\d)?$)/;
/** gpt-5.1 and later: while they reason. */
const WHILE_REASONING = /^gpt-5\.\d/;
const DEFAULT_OF_ONE = ['temperature', 'top_p'];
const REFUSED = ['presence_penalty', 'frequency_penalty', 'stop'];

/**
 * Takes out what OpenAI's reasoning models refuse: any temperature and top_p but the default, penalties, stop
 * sequences. Callers of OpenAI's own dialects have chosen for the model; those of others may not know it.
 */
export function adaptToReasoningModel(body: Record<string, Json | undefined>, call: ChatCall, model: string, losses: Losses): void {
  const effort = call.reasoning?.effort;
  const reasons = effort !== 'none' && (effort !== undefined || call.reasoning?.budgetTokens !== undefined);
  if (!ALWAYS.test(model) && !(WHILE_REASONING.test(model) && reasons)) return;
  for (const field of [...DEFAULT_OF_ONE, ...REFUSED]) {
    const value = body[field];
    if (value === undefined || (value === 1 && DEFAULT_OF_ONE.includes(field))) continue;
    delete body[field];
    if (value !== 0 || field === 'temperature') losses.add(field, 'the model takes only its default');
  }
}
