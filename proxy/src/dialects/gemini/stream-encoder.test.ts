import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { decodeAnswer } from './decode-answer.ts';
import { encodeAnswer } from './encode-answer.ts';
import { GeminiStreamEncoder } from './stream-encoder.ts';

const context = { requestId: 'r', model: 'm', nowSeconds: 1, includeUsage: false };
const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2, reasoningTokens: 0 };
const error = { code: 'stream_interrupted', status: 502, openaiType: 'upstream_error', anthropicType: 'api_error', message: 'It broke' };

interface Piece {
  readonly candidates: readonly { readonly content: { readonly parts: readonly JsonObject[] }; readonly finishReason?: string }[];
  readonly usageMetadata?: JsonObject;
}

function encode(events: readonly StreamEvent[], framing: 'sse' | 'json-array' = 'sse'): string {
  const encoder = new GeminiStreamEncoder({ ...context, framing });
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

function pieces(events: readonly StreamEvent[]): Piece[] {
  return JSON.parse(encode(events, 'json-array')) as Piece[];
}

const answer: StreamEvent[] = [
  { type: 'message-start', id: 'x', model: 'y' },
  { type: 'text-delta', text: 'a' },
  { type: 'tool-call-start', index: 0, id: 'c0', name: 'go' },
  { type: 'tool-call-start', index: 1, id: 'c1', name: 'stay' },
  { type: 'tool-call-delta', index: 1, argumentsJson: '{"a":' },
  { type: 'tool-call-delta', index: 0, argumentsJson: '{}' },
  { type: 'tool-call-delta', index: 1, argumentsJson: '1}' },
  { type: 'finish', reason: { unified: 'tool-calls', raw: 'tool_use' } },
  { type: 'usage', usage },
];

describe("pieces for Google's SDKs", () => {
  test('every piece is an answer in itself; a call comes whole; reason and usage are in the last', () => {
    const sent = pieces(answer);
    const parts = sent.flatMap((piece) => piece.candidates[0]?.content.parts ?? []);
    expect(parts).toEqual([
      { text: 'a' },
      { functionCall: { id: 'c0', name: 'go', args: {} } },
      { functionCall: { id: 'c1', name: 'stay', args: { a: 1 } } },
      { text: '' },
    ]);
    expect(sent.map((piece) => piece.candidates[0]?.finishReason)).toEqual([undefined, undefined, undefined, 'STOP']);
    expect(sent.at(-1)?.usageMetadata).toEqual({ promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 });
    expect(sent.every((piece) => 'responseId' in piece && 'modelVersion' in piece)).toBe(true);
  });

  test('text behind a call that is whole stays behind it', () => {
    const parts = pieces([...answer.slice(0, 7), { type: 'text-delta', text: 'b' }]).flatMap(
      (piece) => piece.candidates[0]?.content.parts ?? [],
    );
    expect(parts.map((part) => Object.keys(part)[0])).toEqual(['text', 'functionCall', 'functionCall', 'text', 'text']);
  });

  test('a call that was cut off is passed on as it is, not repaired', () => {
    const cut = pieces([
      { type: 'tool-call-start', index: 0, id: 'c', name: 'go' },
      { type: 'tool-call-delta', index: 0, argumentsJson: '{"a": "un' },
      { type: 'finish', reason: { unified: 'length', raw: 'length' } },
    ]);
    expect(cut[0]?.candidates[0]?.content.parts[0]).toEqual({ functionCall: { id: 'c', name: 'go', args: { INVALID_JSON: '{"a": "un' } } });
    expect(cut.at(-1)?.candidates[0]?.finishReason).toBe('MAX_TOKENS');
  });

  test('events end in CRLF and there is no end marker; an array is closed, also an empty one', () => {
    expect(encode(answer)).toMatch(/^(?:data: \{[^\r\n]+\}\r\n\r\n)+$/);
    expect(encode([], 'json-array')).toMatch(/^\[\{.*\}\]$/);
  });

  test('an error is bare JSON in an event stream, where the SDKs look for it, and the last element of an array', () => {
    const events = new GeminiStreamEncoder(context);
    expect(JSON.parse(events.fail(error))).toMatchObject({ error: { code: 502, message: 'It broke', status: 'UNAVAILABLE' } });
    const array = new GeminiStreamEncoder({ ...context, framing: 'json-array' });
    const text = array.push({ type: 'text-delta', text: 'a' }) + array.fail(error);
    expect(JSON.parse(text)).toMatchObject([{ candidates: [{}] }, { error: { code: 502 } }]);
  });

  test('what a candidate says beside its content is kept between Gemini and Gemini', () => {
    const groundingMetadata = { webSearchQueries: ['x'] };
    const whole = { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP', groundingMetadata }], responseId: 'r' };
    const decoded = decodeAnswer(whole);
    const events = decoded.type === 'ok' ? decoded.value : [];
    expect(pieces(events)).toContainEqual(expect.objectContaining({ candidates: [{ groundingMetadata, index: 0 }] }));
    expect(encodeAnswer(events, context)).toMatchObject({ candidates: [{ content: { parts: [{ text: 'a' }] }, groundingMetadata }] });
  });

  test('arguments without an end are given up, not kept for ever', () => {
    const encoder = new GeminiStreamEncoder(context);
    encoder.push({ type: 'tool-call-start', index: 0, id: 'c', name: 'go' });
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 20; count++) encoder.push({ type: 'tool-call-delta', index: 0, argumentsJson: megabyte });
    expect(encoder.end().length).toBeLessThan(9 * 1024 * 1024);
  });
});
