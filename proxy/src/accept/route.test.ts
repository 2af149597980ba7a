import { describe, expect, test } from '@jest/globals';
import { DATA_ROUTES, findRoute } from './route.ts';

describe('findRoute', () => {
  test('the data port serves exactly the routes of this list', () => {
    expect(DATA_ROUTES).toEqual([
      'POST /v1/chat/completions',
      'POST /v1/embeddings',
      'POST /v1/messages',
      'POST /v1/responses',
      'GET /v1/models',
      'GET /v1/models/{id}',
    ]);
    for (const route of DATA_ROUTES) {
      const [method = '', path = ''] = route.split(' ');
      expect(['chat', 'embeddings', 'models']).toContain(findRoute(method, path.replace('{id}', 'x'), false).type);
    }
  });

  test('shared paths and errors speak the dialect that the caller announces', () => {
    expect(findRoute('GET', '/v1/models', true)).toMatchObject({ type: 'models', dialect: 'anthropic-messages' });
    expect(findRoute('GET', '/v1/models', false)).toMatchObject({ type: 'models', dialect: 'openai-chat' });
    expect(findRoute('POST', '/nowhere', true)).toEqual({ type: 'unknown', dialect: 'anthropic-messages' });
    expect(findRoute('POST', '/v1/messages/count_tokens', false)).toEqual({ type: 'unknown', dialect: 'anthropic-messages' });
  });

  test('a model id may hold slashes and escapes; a broken escape is no path', () => {
    expect(findRoute('GET', '/v1/models/team%2Ffast', false)).toMatchObject({ model: 'team/fast' });
    expect(findRoute('GET', '/v1/models/team/fast', false)).toMatchObject({ model: 'team/fast' });
    expect(findRoute('GET', '/v1/models/%E0%A4%A', false).type).toBe('unknown');
    expect(findRoute('GET', '/v1/models/', false).type).toBe('unknown');
  });

  test('a known path with another method says which it takes', () => {
    expect(findRoute('GET', '/v1/messages', false)).toEqual({ type: 'wrong-method', allow: 'POST', dialect: 'anthropic-messages' });
    expect(findRoute('HEAD', '/v1/models', false)).toMatchObject({ type: 'wrong-method', allow: 'GET' });
  });
});
