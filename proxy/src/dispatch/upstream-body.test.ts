import { describe, expect, test } from '@jest/globals';
import { parseCall, type ReceivedCall } from '../accept/parse-call.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { UpstreamBodyBuilder } from './upstream-body.ts';

const MODEL = { name: 'upstream-model', capabilities: [], maxOutputTokens: 4096 };

function received(body: string, dialect: 'openai-chat' | 'anthropic-messages' = 'openai-chat'): ReceivedCall {
  const parsed = parseCall('chat', DIALECTS[dialect], Buffer.from(body));
  if (parsed.type === 'refused') throw new Error(parsed.error.message);
  return parsed.call;
}

function build(
  call: ReceivedCall,
  provider: 'openai-chat' | 'anthropic-messages' = 'openai-chat',
  quirks = {},
): ReturnType<UpstreamBodyBuilder['build']> & { readonly text: string } {
  const built = new UpstreamBodyBuilder(call).build(DIALECTS[provider], MODEL, quirks);
  return { ...built, text: built.type === 'ok' ? built.bytes.toString() : '' };
}

describe('UpstreamBodyBuilder', () => {
  test('between equal dialects only the model name changes: spacing, order, digits and unknown fields stay', () => {
    const body = '{ "seed": 12345678901234567890, "model":"assistant", "x":[1.50, 1e400], "messages":[] }';
    expect(build(received(body)).text).toBe(body.replace('"assistant"', '"upstream-model"'));
  });

  test('a stream is asked for usage, unless the caller did or the vendor refuses', () => {
    const body = '{"model":"assistant","stream":true,"messages":[]}';
    expect(JSON.parse(build(received(body)).text)).toMatchObject({ stream_options: { include_usage: true } });
    expect(build(received(body), 'openai-chat', { noStreamOptions: true }).text).not.toContain('stream_options');
    const asking = '{"model":"assistant","stream":true,"stream_options":{"include_usage":true},"messages":[]}';
    expect(build(received(asking)).text).toBe(asking.replace('assistant', 'upstream-model'));
  });

  test('what the vendor wants in every body is there, over what the caller says, translated or not', () => {
    const quirks = { addedFields: [{ name: 'project_id', value: 'p-1' }] };
    const call = received('{"model":"assistant","project_id":"mine","messages":[{"role":"user","content":"x"}]}');
    expect(JSON.parse(build(call, 'openai-chat', quirks).text)).toMatchObject({ model: 'upstream-model', project_id: 'p-1' });
    const translated = received('{"model":"assistant","max_tokens":9,"messages":[{"role":"user","content":"x"}]}', 'anthropic-messages');
    expect(JSON.parse(build(translated, 'openai-chat', quirks).text)).toMatchObject({ model: 'upstream-model', project_id: 'p-1' });
  });

  test('what the vendor refuses is taken out and named', () => {
    const call = received('{"model":"assistant","logit_bias":{},"messages":[]}');
    const built = build(call, 'openai-chat', { unsupportedFields: ['logit_bias', 'seed'] });
    expect(JSON.parse(built.text)).toEqual({ model: 'upstream-model', messages: [] });
    expect(built).toMatchObject({ losses: [{ field: 'logit_bias' }] });
  });

  test('the output limit goes under the name the vendor wants', () => {
    const call = received('{"model":"assistant","max_tokens":7,"messages":[]}');
    expect(JSON.parse(build(call, 'openai-chat', { maxTokensField: 'max_completion_tokens' }).text)).toEqual({
      model: 'upstream-model',
      max_completion_tokens: 7,
      messages: [],
    });
  });

  test('between different dialects the call is translated', () => {
    const call = received('{"model":"assistant","messages":[{"role":"user","content":"hi"}]}');
    expect(JSON.parse(build(call, 'anthropic-messages').text)).toMatchObject({
      model: 'upstream-model',
      max_tokens: 4096,
      messages: [{ role: 'user' }],
    });
  });

  test("a call that is none of its own dialect is the caller's mistake", () => {
    expect(build(received('{"model":"assistant","messages":"hi"}'), 'anthropic-messages')).toMatchObject({ type: 'invalid' });
  });
});
