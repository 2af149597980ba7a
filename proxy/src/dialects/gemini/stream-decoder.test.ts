import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import { SseParser } from '../../wire/sse-parser.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { foldAnswer } from '../fold-answer.ts';
import { decodeAnswer } from './decode-answer.ts';
import { GeminiStreamDecoder } from './stream-decoder.ts';

function decode(...pieces: JsonObject[]): { readonly events: readonly StreamEvent[]; readonly ended: boolean } {
  const decoder = new GeminiStreamDecoder();
  const events = pieces.flatMap((piece) => decoder.push({ event: '', data: JSON.stringify(piece) }));
  return { events, ended: decoder.ended };
}

const piece = (parts: readonly JsonObject[], finishReason?: string, more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, ...(finishReason !== undefined && { finishReason }) }],
  responseId: 'r/1',
  ...more,
});

describe('finish reasons', () => {
  test.each<[string, readonly JsonObject[], string]>([
    ['STOP', [{ text: 'x' }], 'stop'],
    ['STOP', [{ functionCall: { name: 'go' } }], 'tool-calls'],
    ['MAX_TOKENS', [{ functionCall: { name: 'go' } }], 'length'],
    ['MAX_TOKENS', [], 'length'],
    ['SAFETY', [], 'content-filter'],
    ['MODEL_ARMOR', [], 'content-filter'],
    ['IMAGE_SAFETY', [{ text: 'x' }], 'content-filter'],
    ['OTHER', [{ text: 'half' }], 'other'],
    ['A_WORD_OF_TOMORROW', [{ text: 'x' }], 'other'],
    ['constructor', [{ text: 'x' }], 'other'],
  ])('%s after %j is %s, streamed or not', (raw, parts, unified) => {
    const streamed = decode(piece(parts, raw));
    expect(foldAnswer(streamed.events).choices[0]?.finish).toEqual({ unified, raw });
    expect(streamed.ended).toBe(true);
    const blocking = decodeAnswer(piece(parts, raw));
    expect(blocking.type === 'ok' && foldAnswer(blocking.value).choices[0]?.finish).toEqual({ unified, raw });
  });

  test.each([
    ['MALFORMED_FUNCTION_CALL', [{ text: 'x' }]],
    ['UNEXPECTED_TOOL_CALL', []],
    ['OTHER', []],
    ['LANGUAGE', []],
  ])('%s after %j is an error, so that another target may answer', (raw, parts) => {
    const { events, ended } = decode(piece(parts, raw));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: raw } });
    expect(ended).toBe(false);
    expect(decodeAnswer(piece(parts, raw)).type).toBe('invalid');
  });

  test('a prompt that is blocked later than in the first piece ends the stream, too', () => {
    const { events, ended } = decode({ usageMetadata: { promptTokenCount: 3 } }, { promptFeedback: { blockReason: 'OTHER' } });
    expect(ended).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: { unified: 'content-filter', raw: 'OTHER' } });
  });
});

describe('usage', () => {
  test('adds up as measured: total = prompt + candidates + thoughts + tool use, cached within the prompt', () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 157,
    };
    const usage = foldAnswer(decode(piece([{ text: 'x' }], 'STOP', { usageMetadata })).events).usage;
    expect(usage).toMatchObject({ inputTokens: 47, cacheReadTokens: 60, cacheWriteTokens: 0, outputTokens: 50, reasoningTokens: 30 });
  });

  test('of the counts in every piece the last one wins, with content, reason and usage in one piece, too', () => {
    const counted = (candidatesTokenCount: number): JsonObject => ({ usageMetadata: { promptTokenCount: 5, candidatesTokenCount } });
    const { events } = decode(piece([{ text: 'a' }], undefined, counted(1)), piece([{ text: 'b' }], 'STOP', counted(2)));
    const answer = foldAnswer(events);
    expect(answer.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
    expect(answer.choices[0]).toMatchObject({ parts: [{ type: 'text', text: 'ab' }], finish: { unified: 'stop' } });
  });
});

describe('calls', () => {
  test('ids come from the answer and the position, are the same streamed or not, and have only harmless characters', () => {
    const parts = [{ functionCall: { name: 'a' } }, { functionCall: { name: 'b', id: 'given' } }, { functionCall: { name: 'a' } }];
    const ids = (events: readonly StreamEvent[]) => events.flatMap((event) => (event.type === 'tool-call-start' ? [event.id] : []));
    expect(ids(decode(...parts.map((part) => piece([part]))).events)).toEqual(['call_r_1_0', 'given', 'call_r_1_2']);
    const blocking = decodeAnswer(piece(parts, 'STOP'));
    expect(blocking.type === 'ok' && ids(blocking.value)).toEqual(['call_r_1_0', 'given', 'call_r_1_2']);
  });

  test('an answer without an id still makes ids that differ from those of other answers', () => {
    const first = decode({ candidates: [{ content: { parts: [{ functionCall: { name: 'a', args: { x: 1 } } }] } }] });
    const second = decode({ candidates: [{ content: { parts: [{ functionCall: { name: 'a', args: { x: 2 } } }] } }] });
    const id = (events: readonly StreamEvent[]): unknown => events.find((event) => event.type === 'tool-call-start')?.id;
    expect(id(first.events)).toMatch(/^call_[0-9a-f]{8}_0$/);
    expect(id(first.events)).not.toBe(id(second.events));
  });

  test('code that Gemini runs itself is never a call to answer', () => {
    const { events } = decode(
      piece([{ executableCode: { code: 'x' } }, { codeExecutionResult: { output: '1' } }, { toolCall: { id: '1' } }], 'STOP'),
    );
    expect(events.filter(({ type }) => type === 'tool-call-start')).toEqual([]);
    expect(events.filter(({ type }) => type === 'other')).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ reason: { unified: 'stop' } });
  });
});

test('a picture of some megabytes is one event, and arrives', () => {
  const data = 'iVBO'.repeat(1024 * 1024);
  const picture = piece([{ inlineData: { mimeType: 'image/png', data } }]);
  const bytes = new TextEncoder().encode(`data: ${JSON.stringify(picture)}\n\n`);
  const parser = new SseParser();
  const results = [0, 1, 2, 3].map((part) => parser.push(bytes.subarray((part * bytes.length) / 4, ((part + 1) * bytes.length) / 4)));
  const events = results.flatMap((result) => (result.type === 'events' ? result.events : []));
  const decoder = new GeminiStreamDecoder();
  expect(events.flatMap((event) => decoder.push(event)).at(-1)).toEqual({
    type: 'image',
    source: { type: 'base64', mediaType: 'image/png', data },
  });
});
