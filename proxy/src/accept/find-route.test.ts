import { describe, expect, test } from '@jest/globals';
import { DATA_ROUTES, findRoute } from './find-route.ts';

const find = (method: string, path: string, query = ''): ReturnType<typeof findRoute> => findRoute(method, path, query, 'openai-chat');

describe('findRoute', () => {
  test('the data port serves every route of its list', () => {
    for (const route of DATA_ROUTES) {
      const [method = '', path = ''] = route.split(' ');
      expect(['unknown', 'wrong-method']).not.toContain(find(method, path.replace('{id}', 'x')).type);
      // Their paths take several methods.
      if (/\/(files|batches)/.test(path)) continue;
      const other = find(method === 'GET' ? 'POST' : 'GET', path.replace('{id}', 'x'));
      expect(other).toMatchObject({ type: 'wrong-method', allow: method });
    }
  });

  test('shared paths and errors speak the dialect that the caller announces', () => {
    expect(findRoute('GET', '/v1/models', '', 'anthropic-messages')).toMatchObject({ type: 'models', dialect: 'anthropic-messages' });
    expect(findRoute('GET', '/v1/models', '', 'gemini')).toMatchObject({ type: 'models', dialect: 'gemini' });
    expect(find('GET', '/v1/models')).toMatchObject({ type: 'models', dialect: 'openai-chat' });
    expect(findRoute('POST', '/nowhere', '', 'anthropic-messages')).toEqual({ type: 'unknown', dialect: 'anthropic-messages' });
    expect(find('POST', '/v1/messages/batches')).toEqual({ type: 'unknown', dialect: 'anthropic-messages' });
    expect(find('POST', '/v1beta/files')).toEqual({ type: 'unknown', dialect: 'gemini' });
  });

  test('a model id may hold slashes and escapes; a broken escape is no path', () => {
    expect(find('GET', '/v1/models/team%2Ffast')).toMatchObject({ model: 'team/fast' });
    expect(find('GET', '/v1/models/team/fast')).toMatchObject({ model: 'team/fast' });
    for (const path of ['/v1/models/%E0%A4%A', '/v1/models/', '/v1beta/models/%E0%A4%A']) expect(find('GET', path).type).toBe('unknown');
    for (const path of ['/v1beta/models/%E0%A4%A:generateContent', '/openai/deployments/%E0%A4%A/embeddings']) {
      expect(find('POST', path).type).toBe('unknown');
    }
  });

  test("Gemini's paths tell model, streaming and framing, in every version and with Vertex AI's prefix", () => {
    const gemini = { type: 'chat', dialect: 'gemini', model: 'assistant' };
    expect(find('POST', '/v1beta/models/assistant:generateContent')).toEqual({ ...gemini, stream: false });
    expect(find('POST', '/v1/models/assistant:streamGenerateContent', 'alt=sse')).toEqual({ ...gemini, stream: true });
    expect(find('POST', '/v1alpha/models/assistant:streamGenerateContent', 'key=k&alt=json')).toMatchObject({ framing: 'json-array' });
    expect(find('POST', '/v1beta/models/team/fast:countTokens')).toMatchObject({ type: 'count-tokens', model: 'team/fast' });
    const vertex = '/v1beta1/projects/p/locations/l/publishers/google/models/assistant:generateContent';
    expect(find('POST', vertex)).toEqual({ ...gemini, stream: false });
    expect(find('POST', '/v1beta/tunedModels/mine:generateContent')).toMatchObject({ model: 'tunedModels/mine' });
    expect(find('POST', '/v1beta/models/assistant:generateAnswer')).toEqual({ type: 'unknown', dialect: 'gemini' });
  });

  test("Gemini's methods for vectors are embeddings in a spelling of their own", () => {
    const vectors = { type: 'embeddings', dialect: 'gemini', model: 'assistant' };
    expect(find('POST', '/v1beta/models/assistant:embedContent')).toEqual({ ...vectors, spelling: 'embedContent' });
    expect(find('POST', '/v1/models/assistant:batchEmbedContents')).toEqual({ ...vectors, spelling: 'batchEmbedContents' });
    const vertex = '/v1beta1/projects/p/locations/l/publishers/google/models/assistant:predict';
    expect(find('POST', vertex)).toEqual({ ...vectors, spelling: 'predict' });
    expect(find('GET', '/v1beta/models/assistant:embedContent')).toMatchObject({ type: 'wrong-method', allow: 'POST' });
  });

  test("Azure's deployments are models, and its other paths those of OpenAI", () => {
    const chat = { type: 'chat', dialect: 'openai-chat' };
    expect(find('POST', '/openai/deployments/my%20gpt/chat/completions', 'api-version=2024-10-21')).toEqual({ ...chat, model: 'my gpt' });
    expect(find('POST', '/openai/deployments/e/embeddings')).toMatchObject({ type: 'embeddings', model: 'e' });
    expect(find('POST', '/openai/v1/chat/completions')).toEqual(chat);
    expect(find('POST', '/openai/responses', 'api-version=2025-03-01-preview')).toMatchObject({ dialect: 'openai-responses' });
    expect(find('POST', '/openai/deployments/e/images/generations')).toMatchObject({ type: 'image-generations', model: 'e' });
    expect(find('POST', '/openai/files', 'api-version=2025-03-01-preview')).toMatchObject({ type: 'files', action: 'create' });
    expect(find('GET', '/openai/v1/batches/hg_1')).toMatchObject({ type: 'batches', action: 'read', id: 'hg_1' });
    expect(find('POST', '/openai/deployments/e/rerank').type).toBe('unknown');
  });

  test('a known path with another method says which it takes', () => {
    expect(find('GET', '/v1/messages')).toEqual({ type: 'wrong-method', allow: 'POST', dialect: 'anthropic-messages' });
    expect(find('HEAD', '/v1/models')).toMatchObject({ type: 'wrong-method', allow: 'GET' });
  });
});
