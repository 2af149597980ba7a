import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';
import { encodePrompt } from './encode-prompt.ts';

/** Replicate takes stop sequences as one text. */
const STOP_SEPARATOR = ',';

/**
 * A prediction, with what it cannot carry. The input is that of Replicate's language models; one that knows a field
 * by another name, or not at all, leaves it aside.
 * @param hasPath the model is named by the path
 */
export function encodeCall(
  call: ChatCall,
  context: CallContext,
  hasPath: boolean,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  const { sampling } = call;
  // OpenAI's models keep their own name for it there.
  const limit = context.model.startsWith('openai/') ? 'max_completion_tokens' : 'max_tokens';
  const input: Record<string, Json | undefined> = {
    ...encodePrompt(call, losses),
    [limit]: call.maxOutputTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    seed: sampling.seed,
    stop_sequences: encodeStop(call, losses),
  };
  for (const name of Object.keys(input)) if (input[name] === undefined) delete input[name];
  nameLosses(call, losses);
  return { body: { ...(!hasPath && { version: context.model }), input }, losses: losses.list };
}

function encodeStop(call: ChatCall, losses: Losses): string | undefined {
  const usable = call.stop.filter((text) => !text.includes(STOP_SEPARATOR));
  if (usable.length < call.stop.length) losses.add('stop', 'Replicate takes no stop sequences with a comma in them');
  return usable.length === 0 ? undefined : usable.join(STOP_SEPARATOR);
}

function nameLosses(call: ChatCall, losses: Losses): void {
  if (call.tools.length > 0 && call.toolChoice?.type !== 'none')
    losses.addFatal('tools', 'language models at Replicate take a prompt and no tools');
  if (call.sampling.n !== undefined && call.sampling.n > 1) losses.add('n', 'Replicate gives one answer');
  if (call.responseFormat !== undefined && call.responseFormat.type !== 'text')
    losses.add('response_format', 'Replicate does not hold answers to a form');
  if (call.reasoning !== undefined && call.reasoning.effort !== 'none')
    losses.add(call.dialect === 'anthropic-messages' ? 'thinking' : 'reasoning_effort', 'Replicate has no counterpart');
  if (call.user !== undefined)
    losses.add(call.dialect === 'anthropic-messages' ? 'metadata.user_id' : 'user', 'Replicate has no counterpart');
  losses.addRest(call.rest, 'Replicate has no counterpart');
}
