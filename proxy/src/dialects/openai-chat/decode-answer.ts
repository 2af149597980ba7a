import type { Decoded } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { contentEvents, inChoice, reasoningEvents } from './choice-events.ts';
import { decodeFinishReason } from './finish-reason.ts';
import { providerError } from './provider-error.ts';
import { ToolCallTracker } from './tool-call-tracker.ts';
import { decodeUsage } from './usage.ts';

/** A blocking answer as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const choices = asArray(body['choices']) ?? [];
  // Azure puts an `error` beside the choices when it has filtered them: that is still an answer.
  if (choices.length === 0) {
    const error = providerError(body);
    return {
      type: 'invalid',
      message: error === undefined ? 'the answer has no choices' : `the provider answered 200 with an error: ${error.message}`,
    };
  }
  const id = asString(body['id']) ?? '';
  const events: StreamEvent[] = [startEvent(body)];
  for (const item of choices) {
    const decoded = choiceEvents(asObject(item) ?? {}, id);
    if (decoded.type === 'invalid') return decoded;
    events.push(...decoded.value);
  }
  const usage = decodeUsage(body['usage']);
  if (usage !== undefined) events.push({ type: 'usage', usage });
  return { type: 'ok', value: events };
}

/** Id, model and time of an answer or chunk; vendors leave each of them empty at times. */
export function startEvent(body: JsonObject): StreamEvent {
  const id = asString(body['id']);
  const model = asString(body['model']);
  const createdSeconds = asNumber(body['created']);
  return {
    type: 'message-start',
    ...(id !== undefined && id !== '' && { id }),
    ...(model !== undefined && model !== '' && { model }),
    ...(createdSeconds !== undefined && createdSeconds > 0 && { createdSeconds }),
  };
}

function choiceEvents(choice: JsonObject, answerId: string): Decoded<readonly StreamEvent[]> {
  const message = messageOf(choice);
  if (message === undefined) return { type: 'invalid', message: 'a choice of the answer has no message' };
  const index = asNumber(choice['index']) ?? 0;
  const tracker = new ToolCallTracker(index);
  const events = [...reasoningEvents(message, index), ...contentEvents(message, index)];
  for (const call of messageCalls(message)) events.push(...tracker.push(call, answerId));
  events.push(...tracker.end());
  const raw = asString(choice['finish_reason']) ?? '';
  const reason = decodeFinishReason(raw, tracker.seen);
  if (reason.unified === 'error') return { type: 'invalid', message: `the provider gave up: finish_reason ${raw}` };
  const stopSequence = asString(choice['stop_reason']);
  events.push({
    type: 'finish',
    reason,
    ...inChoice(index),
    ...(stopSequence !== undefined && reason.unified === 'stop' && { stopSequence }),
  });
  return { type: 'ok', value: events };
}

/** Azure leaves out the message of a choice that its filter took; any other choice without one is no answer. */
export function messageOf(choice: JsonObject | undefined): JsonObject | undefined {
  return asObject(choice?.['message']) ?? (choice?.['finish_reason'] === 'content_filter' ? {} : undefined);
}

/** `tool_calls`, each whole, and the older `function_call`. */
function messageCalls(message: JsonObject): readonly JsonObject[] {
  const calls = (asArray(message['tool_calls']) ?? []).map((item, index) => ({ ...asObject(item), index }));
  const legacy = asObject(message['function_call']);
  return legacy === undefined ? calls : [...calls, { index: calls.length, function: legacy }];
}
