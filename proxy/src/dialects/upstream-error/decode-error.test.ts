import { describe, expect, test } from '@jest/globals';
import type { FailureReason } from '../../wire/failure.ts';
import type { Json } from '../../wire/json.ts';
import { decodeUpstreamError } from './decode-error.ts';

function decode(status: number, body: Json | string, headers: Record<string, string> = {}) {
  return decodeUpstreamError(status, (name) => headers[name], typeof body === 'string' ? body : JSON.stringify(body), 0);
}

/** Synthetic, in the recorded and documented shapes. */
const SHAPES: readonly (readonly [string, number, Json | string, Record<string, string>, object])[] = [
  [
    '1 OpenAI',
    400,
    { error: { message: 'Unsupported parameter', type: 'invalid_request_error', param: 'max_tokens', code: 'unsupported_parameter' } },
    {},
    { reason: 'bad-request', message: 'Unsupported parameter', code: 'unsupported_parameter', param: 'max_tokens' },
  ],
  [
    '2 Anthropic',
    529,
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' },
    {},
    { reason: 'overloaded', message: 'Overloaded', code: 'overloaded_error' },
  ],
  [
    '3 Google, in an array',
    503,
    [{ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }],
    {},
    { reason: 'overloaded', message: 'The model is overloaded.', code: 'UNAVAILABLE' },
  ],
  [
    '3 Google, a busy minute',
    429,
    googleQuota('GenerateRequestsPerMinutePerProjectPerModel'),
    {},
    { reason: 'rate-limited', retryAfterMs: 34_400 },
  ],
  ['3 Google, a used-up day', 429, googleQuota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), {}, { reason: 'quota-exhausted' }],
  [
    '3 Google, a key it does not know',
    400,
    {
      error: {
        code: 400,
        message: 'Key refused.',
        status: 'INVALID_ARGUMENT',
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' }],
      },
    },
    {},
    { reason: 'auth', code: 'INVALID_ARGUMENT' },
  ],
  [
    '4 AWS',
    429,
    { message: 'Too many requests' },
    { 'x-amzn-errortype': 'ThrottlingException:http://internal' },
    { reason: 'rate-limited', message: 'Too many requests', code: 'ThrottlingException' },
  ],
  ['5 Cohere', 400, { id: 'x', message: 'too many tokens', error_type: 'TOO_MANY_TOKENS' }, {}, { reason: 'context-length' }],
  ['6 Ollama', 404, { error: 'model "x" not found' }, {}, { reason: 'not-found', message: 'model "x" not found' }],
  ['6 xAI', 400, { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***z' }, {}, { reason: 'auth' }],
  ['7 Mistral', 401, { detail: 'Invalid API Key' }, {}, { reason: 'auth', message: 'Invalid API Key' }],
  [
    '7 FastAPI',
    422,
    { detail: [{ loc: ['body', 'messages', 0], msg: 'Field required' }] },
    {},
    { reason: 'bad-request', message: 'body.messages.0: Field required' },
  ],
  [
    '8 vLLM',
    400,
    { object: 'error', message: "This model's maximum context length is 4096 tokens.", type: 'BadRequestError', code: 400 },
    {},
    { reason: 'context-length', code: '400' },
  ],
  [
    '8 Mistral, with the fields below the message',
    422,
    { object: 'error', message: { detail: [{ loc: ['body', 'n'], msg: 'Extra inputs are not permitted' }] }, type: 't', code: null },
    {},
    { reason: 'bad-request', message: 'body.n: Extra inputs are not permitted' },
  ],
  ['a list of errors (Cloudflare)', 400, { success: false, errors: [{ code: 5006, message: 'no' }] }, {}, { message: 'no', code: '5006' }],
  ['a list beside a message', 400, { message: 'all of it', errors: [{ message: 'a part' }] }, {}, { message: 'all of it' }],
  ['a list of texts', 422, { error: ['first', 'second'], error_type: 'validation' }, {}, { message: 'first' }],
  ['an error in an error', 400, { error: { error: { message: 'inner', type: 'x' } } }, {}, { message: 'inner', code: 'x' }],
  ['9 Azure', 401, { error: { code: '401', message: 'Access denied' } }, {}, { reason: 'auth', code: '401' }],
  ['10 flat', 400, { code: 400, message: 'bad', type: 'invalid' }, {}, { reason: 'bad-request', message: 'bad' }],
  [
    '11 OpenRouter',
    429,
    { error: { code: 429, message: 'Provider returned error', metadata: { raw: 'slow down', provider_name: 'X' } }, user_id: 'u' },
    {},
    { reason: 'rate-limited', message: 'Provider returned error', raw: 'slow down' },
  ],
  [
    '12 HTML',
    502,
    '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>',
    {},
    { reason: 'server', message: 'an HTML page: 502 Bad Gateway' },
  ],
  ['DeepInfra', 401, { detail: { error: 'Who are you?' } }, {}, { reason: 'auth', message: 'Who are you?' }],
  ['a lone text', 404, '"Not Found"', {}, { reason: 'not-found', message: 'Not Found' }],
  [
    '11 OpenRouter, with an object',
    400,
    { error: { code: 400, message: 'Provider returned error', metadata: { raw: { error: { message: 'no' } } } } },
    {},
    { raw: '{"error":{"message":"no"}}' },
  ],
  ['12 nothing', 500, '', {}, { reason: 'server', message: 'the provider answered 500 without saying why' }],
];

test.each(SHAPES)('shape %s becomes one UpstreamError', (_name, status, body, headers, expected) => {
  expect(decode(status, body, headers)).toMatchObject({ status, ...expected });
});

const openai = (code: string, message = 'x', type = 'invalid_request_error'): Json => ({ error: { message, type, param: null, code } });

describe('what it means for the next attempt', () => {
  test.each<[FailureReason, number, Json]>([
    ['rate-limited', 429, openai('rate_limit_exceeded', 'Rate limit reached', 'tokens')],
    ['rate-limited', 429, openai('slow_down', 'Slow down', 'rate_limit_error')],
    ['quota-exhausted', 429, openai('insufficient_quota', 'You exceeded your current quota', 'insufficient_quota')],
    ['quota-exhausted', 429, openai('project_spend_limit_exceeded')],
    [
      'quota-exhausted',
      429,
      { type: 'error', error: { type: 'rate_limit_error', message: 'x', details: { error_code: 'enforced_spend_limit_reached' } } },
    ],
    [
      'quota-exhausted',
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API' } },
    ],
    ['quota-exhausted', 402, { error: { message: 'Insufficient Balance' } }],
    ['quota-exhausted', 429, { error: { code: '1113', message: 'recharge' } }],
    [
      'quota-exhausted',
      429,
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProject' }] }],
        },
      },
    ],
    [
      'rate-limited',
      429,
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ violations: [{ quotaId: 'GenerateRequestsPerMinutePerProject' }] }],
        },
      },
    ],
    [
      'auth',
      400,
      { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } },
    ],
    ['auth', 403, openai('x', 'Country not supported')],
    ['not-found', 403, openai('model_not_found', 'Project does not have access to model `gpt-5`')],
    ['not-found', 400, openai('model_not_found', 'The requested model does not exist')],
    ['content-filter', 400, openai('content_filter', 'The response was filtered due to the prompt')],
    ['overloaded', 498, openai('capacity_exceeded', 'Flex tier capacity exceeded')],
    ['content-filter', 498, { message: 'the request hit a deny-list token', id: 'x' }],
    ['overloaded', 503, openai('server_is_overloaded')],
    ['timeout', 504, { error: { message: 'x' } }],
    ['timeout', 408, { error: { message: 'x' } }],
    ['bad-request', 413, { type: 'error', error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } }],
    ['server', 500, openai('server_error', 'The server had an error', 'server_error')],
    ['malformed', 302, ''],
  ])('%s from %i %j', (reason, status, body) => {
    expect(decode(status, body).reason).toBe(reason);
  });

  test.each([
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    'prompt is too long: 210000 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048575).',
    'the request exceeds the available context size, try increasing it',
    'Input is too long for requested model.',
    'prompt too long; exceeded max context length by 4 tokens',
  ])('an over-long request is recognised: %s', (message) => {
    expect(decode(400, openai('x', message)).reason).toBe('context-length');
    expect(decode(429, openai('x', message)).reason).toBe('context-length');
  });
});

test('a retry hint is read from throttling answers only', () => {
  expect(decode(429, openai('x'), { 'retry-after': '3' }).retryAfterMs).toBe(3000);
  expect(decode(400, openai('x'), { 'retry-after': '3' }).retryAfterMs).toBeUndefined();
});

test('an unmasked key in a message is taken out, a masked one stays', () => {
  const message = 'Incorrect API key: sk-proj-abcDEF1234567890abcdef, was sk-ab********************wxyz';
  expect(decode(401, openai('x', message)).message).toBe('Incorrect API key: [key], was sk-ab********************wxyz');
});

test('a megabyte of anything is clipped', () => {
  expect(decode(500, 'x'.repeat(1_000_000)).message.length).toBeLessThan(5000);
});

/** Synthetic, after the one recorded 429 of Gemini: no headers, everything in the body. */
function googleQuota(quotaId: string): Json {
  return {
    error: {
      code: 429,
      message: 'You exceeded your current quota.',
      status: 'RESOURCE_EXHAUSTED',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaMetric: 'generate_requests', quotaId }] },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' },
      ],
    },
  };
}
