import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { ResponsesStreamEncoder } from './stream-encoder.ts';

function encode(events: readonly StreamEvent[]): JsonObject[] {
  const encoder = new ResponsesStreamEncoder({ requestId: 'req-1', model: 'm', nowSeconds: 1, includeUsage: true });
  const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)) as JsonObject);
}

const types = (events: readonly JsonObject[]): string[] => events.map(({ type }) => String(type).replace('response.', ''));

describe('events for the openai SDK', () => {
  test('created, items one by one with their parts, completed with everything again', () => {
    const events = encode([
      { type: 'message-start', id: 'resp_1', model: 'x' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'reasoning-signature', signature: 's' },
      { type: 'text-delta', text: 'a' },
      { type: 'tool-call-start', index: 0, id: 'call_1', name: 'go' },
      { type: 'finish', reason: { unified: 'tool-calls', raw: '' } },
    ]);
    expect(types(events)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ]);
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, index) => index));
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    expect(events.at(-1)).toMatchObject({ response: { status: 'completed', output: done } });
    expect(done).toMatchObject([
      { encrypted_content: 'headgate:{"signature":"s"}' },
      { type: 'message' },
      { arguments: '{}', call_id: 'call_1' },
    ]);
  });

  test('a limit reached is incomplete, and its call is left as it is', () => {
    const events = encode([
      { type: 'tool-call-start', index: 0, id: 'call_1', name: 'go' },
      { type: 'finish', reason: { unified: 'length', raw: '' } },
    ]);
    const last = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [{ arguments: '' }] };
    expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: last });
  });

  test('pieces of calls sent in turn belong to their own items', () => {
    const events = encode([
      { type: 'tool-call-start', index: 0, id: 'a', name: 'go' },
      { type: 'tool-call-start', index: 1, id: 'b', name: 'go' },
      { type: 'tool-call-delta', index: 0, argumentsJson: '{"a":1}' },
      { type: 'tool-call-delta', index: 1, argumentsJson: '{"b":1}' },
    ]);
    expect(events.at(-1)).toMatchObject({
      response: {
        output: [
          { call_id: 'a', arguments: '{"a":1}' },
          { call_id: 'b', arguments: '{"b":1}' },
        ],
      },
    });
  });

  test("another dialect's state of a call travels in a reasoning item before it", () => {
    const events = encode([{ type: 'tool-call-start', index: 0, id: 'a', name: 'go', opaque: { gemini: { thoughtSignature: 'c2ln' } } }]);
    const [state, call] = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    expect(state).toMatchObject({
      type: 'reasoning',
      encrypted_content: `headgate:${JSON.stringify({ redacted: 'gemini:{"thoughtSignature":"c2ln"}' })}`,
    });
    expect(call).toMatchObject({ type: 'function_call', call_id: 'a' });
  });
});
