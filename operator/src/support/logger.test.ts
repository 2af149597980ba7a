import { expect, test } from '@jest/globals';
import { createLogger } from './logger.ts';

function logged(fields: Readonly<Record<string, unknown>>): string {
  let line = '';
  createLogger('operator', 'info', { write: (text: string) => (line += text) }).info(fields, 'constant message');
  return line;
}

test('a line is JSON with a constant message, the level by name and the fields beside it', () => {
  expect(JSON.parse(logged({ proxies: 3 }))).toMatchObject({ name: 'operator', level: 'info', msg: 'constant message', proxies: 3 });
});

test.each([
  { token: 'canary' },
  { headers: { authorization: 'Bearer canary' } },
  { secret: { data: { apiKey: 'canary' } } },
  { request: { headers: { authorization: 'canary' } } },
  { tls: { privateKey: 'canary' } },
])('a credential in %j does not reach the log', (fields) => {
  expect(logged(fields)).not.toContain('canary');
});
