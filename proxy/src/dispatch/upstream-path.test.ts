import { expect, test } from '@jest/globals';
import { parseCall, type ReceivedCall } from '../accept/parse-call.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { upstreamPath } from './upstream-path.ts';

const DEPLOYMENTS = { chat: '/deployments/{model}/chat/completions?api-version=2024-10-21', embeddings: '/deployments/{model}/embeddings' };
const openai = DIALECTS['openai-chat'];

function received(operation: 'chat' | 'embeddings'): ReceivedCall {
  const parsed = parseCall(operation, openai, Buffer.from('{"model":"assistant","messages":[],"input":"x"}'));
  if (parsed.type === 'refused') throw new Error(parsed.error.message);
  return parsed.call;
}

test.each([
  ['chat', undefined, '/v1/chat/completions'],
  ['embeddings', undefined, '/v1/embeddings'],
  ['chat', DEPLOYMENTS, '/v1/deployments/my%20model%2F1/chat/completions?api-version=2024-10-21'],
  ['embeddings', DEPLOYMENTS, '/v1/deployments/my%20model%2F1/embeddings'],
  ['chat', { embeddings: '/v2/embeddings' }, '/v1/chat/completions'],
  ['embeddings', { embeddings: '/v2/embeddings' }, '/v1/v2/embeddings'],
] as const)('%s with paths %j goes to %s', (operation, paths, path) => {
  const resource = { basePath: '/v1', ...(paths === undefined ? {} : { paths }) };
  expect(upstreamPath(resource, openai, received(operation), 'my model/1')).toBe(path);
});

test("a model's name is put in as it is, whatever it looks like", () => {
  expect(upstreamPath({ basePath: '', paths: { chat: '/{model}/x' } }, openai, received('chat'), "$&$'{model}")).toBe(
    "/%24%26%24'%7Bmodel%7D/x",
  );
});
