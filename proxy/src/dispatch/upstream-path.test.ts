import { expect, test } from '@jest/globals';
import { parseCall, type ReceivedCall } from '../accept/parse-call.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { upstreamPath } from './upstream-path.ts';

const DEPLOYMENTS = { chat: '/deployments/{model}/chat/completions?api-version=2024-10-21', embeddings: '/deployments/{model}/embeddings' };
const PROVIDER = { vendor: 'Custom', dialect: 'openai-chat' } as const;
const openai = DIALECTS['openai-chat'];

function received(operation: 'chat' | 'completions'): ReceivedCall {
  const parsed = parseCall(operation, openai, Buffer.from('{"model":"assistant","messages":[],"prompt":"x"}'));
  if (parsed.type === 'refused') throw new Error(parsed.error.message);
  return parsed.call;
}

test.each([
  ['chat', undefined, '/v1/chat/completions'],
  ['chat', DEPLOYMENTS, '/v1/deployments/my%20model%2F1/chat/completions?api-version=2024-10-21'],
  ['chat', { embeddings: '/v2/embeddings' }, '/v1/chat/completions'],
] as const)('%s with paths %j goes to %s', (operation, paths, path) => {
  const resource = { ...PROVIDER, basePath: '/v1', ...(paths === undefined ? {} : { paths }) };
  expect(upstreamPath(resource, openai, received(operation), 'my model/1')).toBe(path);
});

test('completions stand beside chat, also where chat has a path of its own', () => {
  const path = (resource: Parameters<typeof upstreamPath>[0]): string =>
    upstreamPath(resource, openaiCompletions, received('completions'), 'm');
  expect(path({ ...PROVIDER, basePath: '/v1' })).toBe('/v1/completions');
  expect(path({ ...PROVIDER, basePath: '/openai', paths: DEPLOYMENTS })).toBe('/openai/deployments/m/completions?api-version=2024-10-21');
});

test("a model's name is put in as it is, whatever it looks like", () => {
  expect(upstreamPath({ ...PROVIDER, basePath: '', paths: { chat: '/{model}/x' } }, openai, received('chat'), "$&$'{model}")).toBe(
    "/%24%26%24'%7Bmodel%7D/x",
  );
});
