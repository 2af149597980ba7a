import type { Decoded } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import type { AnswerObservation } from '../../wire/observation.ts';
import { asArray, asCount, asObject, asString } from '../../wire/read-json.ts';
import type { FinishReason, StreamError, StreamEvent } from '../../wire/stream-event.ts';
import { timestampMs } from '../../wire/timestamp.ts';
import type { Usage } from '../../wire/usage.ts';
import { observeDecoded } from '../observe-decoded.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';

/** A prediction that has succeeded, as the events that its stream would have had. */
export function decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]> {
  const error = errorOf(body);
  if (error !== undefined) return { type: 'invalid', message: `the provider answered 200 with an error: ${error.message}` };
  const text = body['status'] === 'succeeded' ? outputText(body['output']) : undefined;
  if (text === undefined) return { type: 'invalid', message: 'the answer is not a prediction with a text' };
  const usage = decodeUsage(body);
  const delta: StreamEvent[] = text === '' ? [] : [{ type: 'text-delta', text }];
  const used: StreamEvent[] = usage === undefined ? [] : [{ type: 'usage', usage }];
  return { type: 'ok', value: [startEvent(body), ...delta, ...used, { type: 'finish', reason: finishOf(body, usage) }] };
}

/** Whether a 2xx body is a prediction that is done, and what it used. */
export function observeAnswer(body: JsonObject): AnswerObservation {
  return observeDecoded(decodeAnswer(body), errorOf(body));
}

/** Why there is no answer: the prediction failed, was given up, or goes on beyond the time it was waited for. */
function errorOf(body: JsonObject): StreamError | undefined {
  const told = asString(body['error']);
  switch (body['status']) {
    case 'starting':
    case 'processing':
      return { message: `the prediction is not done within the time it was waited for (${body['status']})`, code: 'timeout', status: 504 };
    case 'canceled':
    case 'aborted':
      return { message: told ?? `the prediction was ${body['status']}`, code: body['status'], status: 504 };
    case 'failed':
      return { message: told ?? 'the prediction failed', code: 'failed' };
    default: {
      if (told === undefined && asObject(body['error']) === undefined) return undefined;
      const { message, code } = fromObject(body);
      return { message, ...(code !== undefined && { code }) };
    }
  }
}

/** Pieces in a list, or one text. */
function outputText(output: Json | undefined): string | undefined {
  if (typeof output === 'string') return output;
  const pieces = asArray(output);
  return pieces?.every((piece) => typeof piece === 'string') === true ? pieces.join('') : undefined;
}

function startEvent(body: JsonObject): StreamEvent {
  const id = asString(body['id']);
  const model = asString(body['model']);
  const createdMs = timestampMs(asString(body['created_at']) ?? '');
  return {
    type: 'message-start',
    ...(id !== undefined && { id }),
    ...(model !== undefined && model !== '' && { model }),
    ...(createdMs !== undefined && { createdSeconds: Math.floor(createdMs / 1000) }),
  };
}

/** Official language models count tokens; for others time is billed and nothing is known. */
function decodeUsage(body: JsonObject): Usage | undefined {
  const raw = asObject(body['metrics']);
  const inputTokens = asCount(raw?.['input_token_count']);
  const outputTokens = asCount(raw?.['output_token_count']);
  if (raw === undefined || inputTokens === undefined || outputTokens === undefined) return undefined;
  return { inputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens, reasoningTokens: 0, raw };
}

/** A prediction does not say why it stopped; one that used up its limit, which it repeats, was cut off. */
function finishOf(body: JsonObject, usage: Usage | undefined): FinishReason {
  const input = asObject(body['input']);
  const limit = asCount(input?.['max_tokens'] ?? input?.['max_completion_tokens']);
  const cut = usage !== undefined && limit !== undefined && limit > 0 && usage.outputTokens >= limit;
  return { unified: cut ? 'length' : 'stop', raw: 'succeeded' };
}
