import { describe, expect, test } from '@jest/globals';
import type { ChatCall } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { CallContext } from '../dialect.ts';
import { DIALECTS } from '../registry.ts';
import { bedrockConverse } from './bedrock-converse.ts';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

function encode(call: JsonObject, model = CLAUDE, context: Partial<CallContext> = {}): ReturnType<typeof bedrockConverse.encodeCall> {
  const decoded = DIALECTS['openai-chat'].decodeCall({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...call });
  if (decoded.type === 'invalid') throw new Error(decoded.message);
  return bedrockConverse.encodeCall(decoded.value, { model, quirks: {}, maxOutputTokens: 8192, ...context });
}

const lossesOf = (call: JsonObject, model?: string): string[] => encode(call, model).losses.map(({ field }) => field);

test("the model's name is one segment of the path, its colon and slashes encoded", () => {
  expect(bedrockConverse.upstreamPath?.('amazon.nova-lite-v1:0', false)).toBe('/model/amazon.nova-lite-v1%3A0/converse');
  expect(bedrockConverse.upstreamPath?.('arn:aws:bedrock:us-east-1:1:inference-profile/x', true)).toBe(
    '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream',
  );
});

describe('reasoning goes to the field of the family', () => {
  test.each([
    [CLAUDE, { reasoning_effort: 'high' }, { thinking: { type: 'enabled', budget_tokens: 6553 } }],
    ['anthropic.claude-opus-4-6-v1', { reasoning_effort: 'high' }, { thinking: { type: 'adaptive' } }],
    ['amazon.nova-2-lite-v1:0', { reasoning_effort: 'minimal' }, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }],
    ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'xhigh' }, { reasoning_effort: 'high' }],
    ['amazon.nova-2-lite-v1:0', { reasoning_effort: 'none' }, undefined],
    ['us.openai.gpt-5.6-sol', { reasoning_effort: 'xhigh' }, { reasoning: { effort: 'xhigh' } }],
    ['us.openai.gpt-5.6-sol', { reasoning_effort: 'minimal' }, { reasoning: { effort: 'low' } }],
    ['qwen.qwen3-32b-v1:0', { reasoning_effort: 'high' }, { reasoning_config: 'high' }],
  ])('%s %j', (model, call, additional) => {
    expect(encode(call, model).body['additionalModelRequestFields']).toEqual(additional);
  });

  test('a model of another family loses it by name', () => {
    expect(lossesOf({ reasoning_effort: 'high' }, 'meta.llama3-3-70b-instruct-v1:0')).toEqual(['reasoning_effort']);
    expect(lossesOf({ reasoning_effort: 'none' }, 'meta.llama3-3-70b-instruct-v1:0')).toEqual([]);
  });

  test('Nova takes no limit with a high effort, and so gets a medium one where there is a limit', () => {
    const fields = (call: JsonObject): unknown => encode(call, 'us.amazon.nova-2-lite-v1:0').body['additionalModelRequestFields'];
    expect(fields({ reasoning_effort: 'high' })).toEqual({ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } });
    expect(fields({ reasoning_effort: 'high', max_tokens: 50 })).toEqual({
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' },
    });
    expect(lossesOf({ reasoning_effort: 'high', max_tokens: 50 }, 'us.amazon.nova-2-lite-v1:0')).toEqual(['reasoning_effort']);
  });

  test("OpenAI's models get neither samplers nor stop sequences, which they refuse", () => {
    const call = { temperature: 0.2, top_p: 1, stop: ['END'], max_tokens: 64 };
    expect(encode(call, 'us.openai.gpt-5.6-sol').body['inferenceConfig']).toEqual({ maxTokens: 64 });
    expect(lossesOf(call, 'us.openai.gpt-5.6-sol')).toEqual(['temperature', 'stop']);
    expect(lossesOf(call, 'openai.gpt-oss-120b-1:0')).toEqual([]);
  });

  test('while Claude thinks, it gets a limit above its budget and no temperature', () => {
    const { body, losses } = encode({ reasoning_effort: 'low', temperature: 0.3, top_k: 5 });
    expect(body['inferenceConfig']).toEqual({ maxTokens: 8192 });
    expect(losses.map(({ field }) => field)).toEqual(['top_k', 'temperature']);
  });

  test('top_k is a field of Claude and of Nova', () => {
    expect(encode({ top_k: 5 }).body['additionalModelRequestFields']).toEqual({ top_k: 5 });
    expect(encode({ top_k: 5 }, 'us.amazon.nova-micro-v1:0').body['additionalModelRequestFields']).toEqual({
      inferenceConfig: { topK: 5 },
    });
    expect(lossesOf({ top_k: 5 }, 'meta.llama3-3-70b-instruct-v1:0')).toEqual(['top_k']);
  });
});

describe('tools', () => {
  const history = [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call/1', type: 'function', function: { name: 'now', arguments: '{"zone":"UTC"}' } }],
    },
    { role: 'tool', tool_call_id: 'call/1', content: '' },
  ];
  const tools = [{ type: 'function', function: { name: 'get', description: '', parameters: { type: 'object' } } }];

  test('a history with calls describes their tools although the call offers none', () => {
    expect(encode({ messages: history }).body).toMatchObject({
      toolConfig: { tools: [{ toolSpec: { name: 'now', inputSchema: { json: { type: 'object' } } } }] },
      messages: [
        {},
        { content: [{ toolUse: { toolUseId: 'call_1', name: 'now', input: { zone: 'UTC' } } }] },
        { content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: '(no output)' }] } }] },
      ],
    });
  });

  test('calls can be forbidden by leaving the tools out, unless the history has calls', () => {
    expect(encode({ tools, tool_choice: 'none' }).body['toolConfig']).toBeUndefined();
    expect(lossesOf({ tools, tool_choice: 'none' })).toEqual(['tool_choice']);
    expect(lossesOf({ tools, tool_choice: 'none', messages: history })).toEqual(['messages[2]', 'tool_choice']);
  });

  test.each([
    ['auto', { auto: {} }],
    ['required', { any: {} }],
    [{ type: 'function', function: { name: 'get' } }, { tool: { name: 'get' } }],
  ])('tool_choice %j', (choice, expected) => {
    expect(encode({ tools, tool_choice: choice }).body).toMatchObject({ toolConfig: { toolChoice: expected } });
  });

  test('an empty description, which Bedrock refuses, is left out', () => {
    expect(JSON.stringify(encode({ tools }).body)).not.toContain('description');
  });
});

describe('media', () => {
  const image = (url: string): JsonObject => ({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] });

  test.each([
    ['data:image/jpg;base64,AAAA', { format: 'jpeg', source: { bytes: 'AAAA' } }],
    ['s3://bucket/cat.png', { format: 'png', source: { s3Location: { uri: 's3://bucket/cat.png' } } }],
  ])('%s is sent', (url, expected) => {
    expect(encode(image(url)).body).toMatchObject({ messages: [{ content: [{ image: expected }] }] });
  });

  test.each(['https://example.com/cat.png', 'data:image/tiff;base64,AAAA'])('%s is a named loss', (url) => {
    expect(lossesOf(image(url))).toEqual(['messages[0].content[0]']);
  });

  test.each([
    ['data:video/mp4;base64,AAAA', { format: 'mp4', source: { bytes: 'AAAA' } }],
    ['data:video/quicktime;base64,AAAA', { format: 'mov', source: { bytes: 'AAAA' } }],
    ['s3://bucket/film.webm', { format: 'webm', source: { s3Location: { uri: 's3://bucket/film.webm' } } }],
  ])('a film is sent: %s', (url, expected) => {
    const { body } = encode({ messages: [{ role: 'user', content: [{ type: 'video_url', video_url: { url } }] }] });
    expect(body).toMatchObject({ messages: [{ content: [{ video: expected }] }] });
  });

  test('documents of one name get names of their own', () => {
    const file = { type: 'file', file: { filename: 'Q3 résumé_v2.pdf', file_data: 'data:application/pdf;base64,AAAA' } };
    const { body } = encode({ messages: [{ role: 'user', content: [file, file] }] });
    expect(body).toMatchObject({
      messages: [{ content: [{ document: { format: 'pdf', name: 'Q3 r sum v2' } }, { document: { name: 'Q3 r sum v2 2' } }] }],
    });
  });
});

test('a service tier that Bedrock knows is carried, another is a loss', () => {
  expect(encode({ service_tier: 'flex' }).body['serviceTier']).toEqual({ type: 'flex' });
  expect(lossesOf({ service_tier: 'scale' })).toEqual(['service_tier']);
});

test('a tool that the vendor runs is not shown as a call to answer, in streams neither', () => {
  const decoder = bedrockConverse.streamDecoder();
  const toolUse = { toolUseId: 'v', name: 'nova_grounding', type: 'server_tool_use' };
  const push = (event: string, body: JsonObject): readonly string[] =>
    decoder.push({ event, data: JSON.stringify(body) }).map(({ type }) => type);
  expect(push('contentBlockStart', { contentBlockIndex: 0, start: { toolUse } })).toEqual(['other']);
  expect(push('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"q":1}' } } })).toEqual([]);
  expect(decoder.push({ event: 'messageStop', data: '{"stopReason":"end_turn"}' })).toMatchObject([{ reason: { unified: 'stop' } }]);
});

test.each([
  ['throttlingException', 429],
  ['serviceUnavailableException', 503],
  ['validationException', 400],
])('an exception in the stream is an error with the status it would have had: %s', (name, status) => {
  const [event] = bedrockConverse.streamDecoder().push({ event: `exception/${name}`, data: '{"message":"m"}' });
  expect(event).toEqual({ type: 'error', error: { message: 'm', code: name, status } });
});

test.each([
  ['ThrottlingException:http://internal.amazon.com/', 429, 'Too many requests', 'rate-limited'],
  ['ExpiredTokenException', 403, 'The security token included in the request is expired', 'auth'],
  ['AccessDeniedException', 403, "You don't have access to the model with the specified model ID.", 'not-found'],
  ['ResourceNotFoundException', 404, 'Could not resolve the foundation model', 'not-found'],
  ['ValidationException', 400, 'Input is too long for requested model.', 'context-length'],
  ['ValidationException', 400, 'Invocation of model ID x with on-demand throughput isn’t supported.', 'not-found'],
  ['ServiceQuotaExceededException', 400, 'Your request exceeds the service quota', 'rate-limited'],
  ['ModelNotReadyException', 429, 'The model is not ready', 'overloaded'],
  ['ModelTimeoutException', 408, 'The model took too long', 'timeout'],
  ['ModelErrorException', 424, 'The model failed', 'server'],
] as const)('%s %i means %s', (type, status, message, reason) => {
  const header = (name: string): string | undefined => (name === 'x-amzn-errortype' ? type : undefined);
  expect(bedrockConverse.decodeError(status, header, JSON.stringify({ message }))).toMatchObject({ reason, message });
});

test('a call of Anthropic keeps what both know', () => {
  const call: Pick<ChatCall, 'model'> & JsonObject = {
    model: 'm',
    max_tokens: 100,
    system: [{ type: 'text', text: 'Be terse.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  };
  const decoded = DIALECTS['anthropic-messages'].decodeCall(call);
  if (decoded.type === 'invalid') throw new Error(decoded.message);
  expect(bedrockConverse.encodeCall(decoded.value, { model: CLAUDE, quirks: {} })).toEqual({
    body: {
      system: [{ text: 'Be terse.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 100 },
    },
    losses: [],
  });
});
