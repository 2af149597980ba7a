import { describe, expect, test } from '@jest/globals';
import { DIALECTS } from '../dialects/registry.ts';
import { keyInProtocols, readRealtimeCall, withoutKey } from './realtime-call.ts';

describe('readRealtimeCall', () => {
  test('the model is in the query', () => {
    const read = readRealtimeCall('intent=x&model=team%2Fvoice', DIALECTS['openai-chat']);
    expect(read).toMatchObject({ type: 'ok', call: { operation: 'realtime', facts: { model: 'team/voice', stream: true } } });
  });

  test.each(['', 'model=', `model=${'x'.repeat(300)}`])('%j names none', (query) => {
    expect(readRealtimeCall(query, DIALECTS['openai-chat'])).toMatchObject({ type: 'refused', error: { param: 'model' } });
  });
});

test("a browser's key is read from the subprotocols, and only from there", () => {
  const protocols = 'realtime, openai-insecure-api-key.my-key , openai-beta.realtime-v1';
  expect(keyInProtocols(protocols)).toBe('my-key');
  expect(withoutKey(protocols)).toEqual(['realtime', 'openai-beta.realtime-v1']);
  expect([keyInProtocols(undefined), keyInProtocols('realtime'), withoutKey(undefined)]).toEqual([undefined, undefined, []]);
});
