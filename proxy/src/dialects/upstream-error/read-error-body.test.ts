import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import { fromObject } from './read-error-body.ts';

/** Synthetic, in the shapes that providers put into answers with status 200. */
test.each<[string, JsonObject, number | undefined]>([
  ["Azure's filter", { error: { message: 'm', code: 'content_filter', status: 400 } }, 400],
  ['OpenRouter', { error: { message: 'm', code: 429 } }, 429],
  ['Groq', { error: { message: 'm', code: 'tool_use_failed', status_code: 400 } }, 400],
  ['Google', { error: { message: 'm', code: 503, status: 'UNAVAILABLE' } }, 503],
  ['Mistral', { object: 'error', message: 'm', code: '3210', raw_status_code: 422 }, 422],
  ['OpenAI', { error: { message: 'm', code: null, type: 'server_error' } }, undefined],
])('the status that %s means is read out of the body', (_, body, status) => {
  expect(fromObject(body)).toMatchObject({ message: 'm', ...(status !== undefined && { status }) });
  expect(fromObject(body).status).toBe(status);
});
