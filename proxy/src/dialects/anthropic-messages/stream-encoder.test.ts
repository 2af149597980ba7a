import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { AnthropicStreamEncoder } from './stream-encoder.ts';

function encode(events: readonly StreamEvent[]): JsonObject[] {
  const encoder = new AnthropicStreamEncoder({ requestId: 'r', model: 'm', nowSeconds: 1, includeUsage: true });
  const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [name, data] = event.split('\n');
      const body = JSON.parse((data ?? '').slice('data: '.length)) as JsonObject;
      expect(name).toBe(`event: ${String(body['type'])}`);
      return body;
    });
}

const shape = (events: readonly JsonObject[]): string[] =>
  events.map(({ type, index }) => (index === undefined ? String(type) : `${type} ${index}`));

describe('events for the Anthropic SDKs', () => {
  test('message_start, blocks one after the other, message_delta, message_stop', () => {
    const events = encode([
      { type: 'message-start', id: 'x' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-signature', signature: 's' },
      { type: 'redacted-reasoning', data: 'd' },
      { type: 'text-delta', text: 'a' },
      { type: 'text-delta', text: 'b' },
      { type: 'tool-call-start', index: 0, id: 't', name: 'go' },
      { type: 'tool-call-delta', index: 0, argumentsJson: '{}' },
      { type: 'finish', reason: { unified: 'tool-calls', raw: 'tool_calls' } },
      { type: 'usage', usage: { inputTokens: 5, cacheReadTokens: 1, cacheWriteTokens: 0, outputTokens: 2, reasoningTokens: 1 } },
    ]);
    expect(shape(events)).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_delta 2',
      'content_block_delta 2',
      'content_block_stop 2',
      'content_block_start 3',
      'content_block_delta 3',
      'content_block_stop 3',
      'message_delta',
      'message_stop',
    ]);
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { input_tokens: 5, cache_read_input_tokens: 1, output_tokens: 2, output_tokens_details: { thinking_tokens: 1 } },
    });
  });

  test('usage that is known before the first content is told at the start', () => {
    const usage = { inputTokens: 30, cacheReadTokens: 10, cacheWriteTokens: 0, outputTokens: 1, reasoningTokens: 0 };
    const [start] = encode([
      { type: 'message-start', id: 'm' },
      { type: 'usage', usage },
      { type: 'text-delta', text: 'A' },
    ]);
    expect(start).toMatchObject({ type: 'message_start', message: { id: 'm', usage: { input_tokens: 30, cache_read_input_tokens: 10 } } });
  });

  test('a refusal is a text, and a stop sequence is named', () => {
    const events = encode([
      { type: 'refusal-delta', text: 'No.' },
      { type: 'finish', reason: { unified: 'stop', raw: 'stop' }, stopSequence: 'END' },
    ]);
    expect(events[2]).toMatchObject({ delta: { type: 'text_delta', text: 'No.' } });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' } });
  });

  test('only the first of several choices is told', () => {
    const events = encode([
      { type: 'text-delta', text: 'A' },
      { type: 'text-delta', text: 'B', choice: 1 },
      { type: 'finish', reason: { unified: 'length', raw: 'length' }, choice: 1 },
      { type: 'finish', reason: { unified: 'stop', raw: 'stop' } },
    ]);
    expect(JSON.stringify(events)).not.toContain('"B"');
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' } });
  });

  test("another dialect's state of a call travels in a block before it", () => {
    const opaque = { gemini: { thoughtSignature: 'c2ln' }, 'openai-chat': { extra_content: {} } };
    const events = encode([{ type: 'tool-call-start', index: 0, id: 't', name: 'go', opaque }]);
    expect(events[1]).toMatchObject({ content_block: { type: 'redacted_thinking', data: 'gemini:{"thoughtSignature":"c2ln"}' } });
    expect(events[3]).toMatchObject({ index: 1, content_block: { type: 'tool_use', id: 't' } });
  });

  test('pieces of a call that come after the next one has begun are not lost', () => {
    const events = encode([
      { type: 'tool-call-start', index: 0, id: 'a', name: 'go' },
      { type: 'tool-call-start', index: 1, id: 'b', name: 'go' },
      { type: 'tool-call-delta', index: 0, argumentsJson: '{"late":1}' },
    ]);
    expect(events.find(({ type }) => type === 'content_block_delta')).toMatchObject({ index: 0, delta: { partial_json: '{"late":1}' } });
  });
});
