import type { ChatCall, Loss } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';

/**
 * Anthropic's message as the clouds take it: version in the body, model in the path, and no threads, which only
 * Anthropic's own servers keep.
 */
export function intoEnvelope(
  call: ChatCall,
  context: CallContext,
  version: string,
): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const { body, losses } = anthropicMessages.encodeCall(call, context);
  const { model: _model, thread, ...message } = body;
  const more = new Losses();
  if (thread !== undefined) more.addRest({ thread }, '');
  return { body: { anthropic_version: version, ...message }, losses: [...losses, ...more.list] };
}
