import type { AssistantPart, ChatCall, ChatMessage, ContentPart, Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { CallContext } from '../dialect.ts';
import { Losses } from '../losses.ts';

const SPEAKERS: Readonly<Record<ChatMessage['role'], string>> = {
  system: 'System',
  developer: 'System',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
};

/** A chat for a model that only continues text: one message is the prompt itself, more become a transcript. */
export function encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses = new Losses();
  if (call.tools.length > 0) losses.addFatal('tools', 'a model that continues text calls no tools');
  if (call.responseFormat !== undefined && call.responseFormat.type !== 'text')
    losses.add('response_format', 'completions have no response format');
  if (call.reasoning !== undefined) losses.add('reasoning', 'completions do not reason');
  if (call.sampling.topK !== undefined) losses.add('top_k', 'OpenAI-compatible providers have no common field for it');
  losses.addRest(call.rest, 'completions have no counterpart');
  const { sampling } = call;
  const body: Record<string, Json | undefined> = {
    model: context.model,
    prompt: promptOf(call.messages, losses),
    max_tokens: call.maxOutputTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    n: sampling.n,
    stop: call.stop.length > 0 ? call.stop : undefined,
    user: call.user,
    stream: call.stream || undefined,
    stream_options: call.stream && context.quirks.noStreamOptions !== true ? { include_usage: true } : undefined,
  };
  return { body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)), losses: losses.list };
}

function promptOf(messages: readonly ChatMessage[], losses: Losses): string {
  const [only] = messages;
  if (messages.length === 1 && only?.role === 'user') return textOf(only.parts, 'messages[0]', losses);
  const turns = messages.map((message, i) => `${SPEAKERS[message.role]}: ${textOf(message.parts, `messages[${i}]`, losses)}`);
  return [...turns, 'Assistant:'].join('\n\n');
}

function textOf(parts: readonly (ContentPart | AssistantPart)[], at: string, losses: Losses): string {
  return parts
    .map((part, i) => {
      if (part.type === 'text' || part.type === 'refusal') return part.text;
      losses.add(`${at}.content[${i}]`, `a model that continues text takes no ${part.type}`);
      return '';
    })
    .join('');
}
