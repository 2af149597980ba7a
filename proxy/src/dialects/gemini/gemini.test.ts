import { describe, expect, test } from '@jest/globals';
import { gemini } from './gemini.ts';

describe('paths', () => {
  test.each([
    ['gemini-3-flash', false, '/models/gemini-3-flash:generateContent'],
    ['gemini-3-flash', true, '/models/gemini-3-flash:streamGenerateContent?alt=sse'],
    ['models/gemini-3-flash', false, '/models/gemini-3-flash:generateContent'],
    ['google/gemini-3-flash', false, '/models/gemini-3-flash:generateContent'],
    ['tunedModels/mine', false, '/tunedModels/mine:generateContent'],
    ['a b?c#d/../e', false, '/models/a%20b%3Fc%23d/../e:generateContent'],
  ])('model %s, streaming %s: %s', (model, stream, path) => {
    expect(gemini.upstreamPath?.(model, stream)).toBe(path);
  });
});

describe('errors', () => {
  const error = {
    code: 'rate_limited',
    status: 429,
    openaiType: 'rate_limit_error',
    anthropicType: 'rate_limit_error',
    message: 'Slow down',
  };

  test('have the shape of google.rpc.Status, with the time to wait where Google puts it', () => {
    expect(gemini.encodeError({ ...error, retryAfterMs: 1500, param: 'contents' }, 'req-1')).toEqual({
      error: {
        code: 429,
        message: 'Slow down',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'RATE_LIMITED',
            domain: 'headgate.dev',
            metadata: { requestId: 'req-1', field: 'contents' },
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
        ],
      },
    });
  });

  test.each([
    [400, 400, 'INVALID_ARGUMENT'],
    [401, 401, 'UNAUTHENTICATED'],
    [403, 403, 'PERMISSION_DENIED'],
    [404, 404, 'NOT_FOUND'],
    [418, 418, 'INVALID_ARGUMENT'],
    [498, 503, 'UNAVAILABLE'],
    [500, 500, 'INTERNAL'],
    [504, 504, 'DEADLINE_EXCEEDED'],
    [529, 503, 'UNAVAILABLE'],
  ])('status %i is told as %i %s', (status, told, word) => {
    expect(gemini.errorStatus({ ...error, status })).toBe(told);
    expect(gemini.encodeError({ ...error, status }, 'r')).toMatchObject({ error: { code: told, status: word } });
  });
});
