import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { OpenaiStreamEncoder } from './stream-encoder.ts';

interface Chunk {
  readonly choices: readonly { readonly index: number; readonly delta: JsonObject; readonly finish_reason: string | null }[];
  readonly usage?: JsonObject | null;
}

function encode(events: readonly StreamEvent[], includeUsage = false): { readonly chunks: readonly Chunk[]; readonly last: string } {
  const encoder = new OpenaiStreamEncoder({ requestId: 'r', model: 'm', nowSeconds: 1, includeUsage });
  const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
  const data = text.split('\n\n').map((event) => event.slice('data: '.length));
  return { chunks: data.slice(0, -2).map((item) => JSON.parse(item) as Chunk), last: data.at(-2) ?? '' };
}

const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2, reasoningTokens: 0 };
const answer: StreamEvent[] = [
  { type: 'message-start', id: 'x', model: 'y' },
  { type: 'text-delta', text: 'a' },
  { type: 'tool-call-start', index: 0, id: 'call_1', name: 'go' },
  { type: 'tool-call-start', index: 1, id: 'call_2', name: 'stay' },
  { type: 'tool-call-delta', index: 1, argumentsJson: '{"a":' },
  { type: 'tool-call-delta', index: 1, argumentsJson: '1}' },
  { type: 'usage', usage },
  { type: 'finish', reason: { unified: 'tool-calls', raw: 'tool_use' } },
];

/** What the openai SDK's accumulator throws over (reference/providers.md section 5). */
describe('chunks for the openai SDKs', () => {
  test('the first delta of each choice carries the role, also when the provider never started a message', () => {
    for (const events of [
      answer,
      [
        { type: 'text-delta', text: 'a' },
        { type: 'text-delta', text: 'b', choice: 1 },
      ] satisfies StreamEvent[],
    ]) {
      const seen = new Set<number>();
      for (const { choices } of encode(events).chunks) {
        for (const choice of choices) {
          expect('role' in choice.delta).toBe(!seen.has(choice.index));
          seen.add(choice.index);
        }
      }
    }
  });

  test('the first piece of a call has index, id, type, name and string arguments; later ones index and arguments', () => {
    const pieces = encode(answer).chunks.flatMap(({ choices }) => (choices[0]?.delta['tool_calls'] ?? []) as readonly JsonObject[]);
    expect(pieces).toEqual([
      { index: 0, id: 'call_1', type: 'function', function: { name: 'go', arguments: '' } },
      { index: 1, id: 'call_2', type: 'function', function: { name: 'stay', arguments: '' } },
      { index: 1, function: { arguments: '{"a":' } },
      { index: 1, function: { arguments: '1}' } },
      { index: 0, function: { arguments: '{}' } },
    ]);
  });

  test('a call that max_tokens cut off before its arguments is not completed', () => {
    const events: StreamEvent[] = [...answer.slice(0, 3), { type: 'finish', reason: { unified: 'length', raw: 'length' } }];
    expect(JSON.stringify(encode(events).chunks)).not.toContain('{}"');
  });

  test('one finish_reason per choice, [DONE] at the end, whatever the provider repeats', () => {
    const twice: StreamEvent[] = [...answer, { type: 'finish', reason: { unified: 'stop', raw: 'stop' } }];
    const { chunks, last } = encode(twice);
    expect(chunks.flatMap(({ choices }) => choices.flatMap((choice) => choice.finish_reason ?? []))).toEqual(['tool_calls']);
    expect(last).toBe('[DONE]');
  });

  test('usage comes once, behind the choices, and only to callers who asked', () => {
    const asked = encode(answer, true).chunks;
    expect(asked.slice(0, -1).every((chunk) => chunk.usage === null && chunk.choices.length === 1)).toBe(true);
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } });
    expect(encode(answer, false).chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  test('an answer of nothing at all is still well-formed', () => {
    const { chunks, last } = encode([]);
    expect(chunks.map(({ choices }) => choices[0])).toMatchObject([
      { delta: { role: 'assistant' }, finish_reason: null },
      { delta: {}, finish_reason: 'stop' },
    ]);
    expect(last).toBe('[DONE]');
  });
});
