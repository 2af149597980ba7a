import type { JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamError, StreamEvent } from '../../wire/stream-event.ts';
import { timestampMs } from '../../wire/timestamp.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';

/** What an answer, or a piece of one, says about itself. */
export function startEvent(body: JsonObject): StreamEvent {
  const id = asString(body['responseId']);
  const model = asString(body['modelVersion']);
  const createdMs = timestampMs(asString(body['createTime']) ?? '');
  return {
    type: 'message-start',
    ...(id !== undefined && id !== '' && { id }),
    ...(model !== undefined && model !== '' && { model }),
    ...(createdMs !== undefined && { createdSeconds: Math.floor(createdMs / 1000) }),
  };
}

export interface IndexedCandidate {
  /** Left out where it is 0. */
  readonly index: number;
  readonly candidate: JsonObject;
}

export function candidatesOf(body: JsonObject): readonly IndexedCandidate[] {
  return (asArray(body['candidates']) ?? []).map((item) => {
    const candidate = asObject(item) ?? {};
    return { index: asNumber(candidate['index']) ?? 0, candidate };
  });
}

/** A prompt that was not let through has no candidates, only the reason; undefined for any other body. */
export function blockEvents(body: JsonObject): StreamEvent[] | undefined {
  const feedback = asObject(body['promptFeedback']);
  const raw = asString(feedback?.['blockReason']);
  if (raw === undefined || raw === '') return undefined;
  const message = asString(feedback?.['blockReasonMessage']);
  const told: StreamEvent[] = message === undefined || message === '' ? [] : [{ type: 'refusal-delta', text: message }];
  return [...told, { type: 'finish', reason: { unified: 'content-filter', raw } }];
}

/** The failure that a body or an event reports instead of an answer. */
export function errorOf(body: JsonObject): StreamError | undefined {
  if (asObject(body['error']) === undefined) return undefined;
  const { message, code, status } = fromObject(body);
  return { message, ...(code !== undefined && { code }), ...(status !== undefined && { status }) };
}
