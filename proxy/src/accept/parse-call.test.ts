import { describe, expect, test } from '@jest/globals';
import { DIALECTS } from '../dialects/registry.ts';
import { type ParsedCall, parseCall } from './parse-call.ts';

/** The exact answers to bad bodies are asserted over HTTP in test/src/paths/proxy-bad-input.test.ts. */
function parse(text: string): ParsedCall {
  return parseCall('chat', DIALECTS['openai-chat'], Buffer.from(text));
}

describe('parseCall', () => {
  test('gives the bytes as they came, and what routing needs to know', () => {
    const text = '{ "model" : "assistant", "stream":true, "seed": 12345678901234567890, "messages":[{"role":"user","content":"hi"}] }';
    const parsed = parse(text);
    expect(parsed).toMatchObject({ type: 'ok', call: { facts: { model: 'assistant', stream: true } } });
    expect(parsed.type === 'ok' && parsed.call.bytes.toString()).toBe(text);
  });

  test('takes a byte order mark for what it is', () => {
    expect(parse('\uFEFF{"model":"assistant","messages":[]}')).toMatchObject({ type: 'ok', call: { facts: { model: 'assistant' } } });
  });

  test('refuses names that no vendor has', () => {
    expect(parse(JSON.stringify({ model: 'x'.repeat(257) }))).toMatchObject({ type: 'refused', error: { status: 400, param: 'model' } });
  });

  test('__proto__ in a body is a field like any other', () => {
    const parsed = parse('{"__proto__":{"model":"evil"},"model":"assistant","messages":[]}');
    expect(parsed).toMatchObject({ type: 'ok', call: { facts: { model: 'assistant' } } });
    expect(({} as Record<string, unknown>)['model']).toBeUndefined();
  });

  test('64 levels are read, 65 are not', () => {
    const nested = (levels: number): string => `{"model":"m","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(parse(nested(64)).type).toBe('ok');
    expect(parse(nested(65)).type).toBe('refused');
  });
});
