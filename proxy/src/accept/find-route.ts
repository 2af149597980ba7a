import type { DialectId } from '@headgate/crds';
import { OPERATIONS, operationAt } from '../operations/registry.ts';
import { findAzurePath } from './azure-path.ts';
import { decodePath } from './decode-path.ts';
import { findResourceRoute } from './find-resource-route.ts';
import { findGeminiRoute } from './gemini-route.ts';
import type { CallRoute, Route } from './route.ts';

/** Every path of the data port. A test holds this list and the code below together: nothing else is served. */
export const DATA_ROUTES: readonly string[] = [
  'POST /v1/chat/completions',
  'POST /v1/completions',
  'POST /v1/messages',
  'POST /v1/messages/count_tokens',
  'POST /v1/responses',
  'GET /v1/models',
  'GET /v1/models/{id}',
  'POST /v1beta/models/{id}:generateContent',
  'POST /v1beta/models/{id}:streamGenerateContent',
  'POST /v1beta/models/{id}:countTokens',
  'POST /v1beta/models/{id}:embedContent',
  'POST /v1beta/models/{id}:batchEmbedContents',
  'POST /v1beta/models/{id}:predict',
  'GET /v1beta/models',
  'GET /v1beta/models/{id}',
  'POST /openai/deployments/{id}/chat/completions',
  'POST /openai/deployments/{id}/embeddings',
  'POST /openai/v1/chat/completions',
  'POST /openai/v1/embeddings',
  'POST /openai/v1/responses',
  'POST /openai/v1/files',
  'POST /openai/v1/batches',
  'GET /openai/v1/models',
  'GET /openai/v1/models/{id}',
  'POST /v1/files',
  'GET /v1/files',
  'GET /v1/files/{id}',
  'DELETE /v1/files/{id}',
  'GET /v1/files/{id}/content',
  'POST /v1/batches',
  'GET /v1/batches',
  'GET /v1/batches/{id}',
  'POST /v1/batches/{id}/cancel',
  'GET /v1/realtime',
  ...Object.values(OPERATIONS).flatMap(({ paths }) => paths.map((path) => `POST ${path}`)),
];

const MODELS_PREFIX = '/v1/models/';
const CHAT: Route = { type: 'chat', dialect: 'openai-chat' };
const MESSAGES: Route = { type: 'chat', dialect: 'anthropic-messages' };
const COUNT_TOKENS: Route = { type: 'count-tokens', dialect: 'anthropic-messages' };
const RESPONSES: Route = { type: 'chat', dialect: 'openai-responses' };
const REALTIME: Route = { type: 'realtime', dialect: 'openai-chat' };
const COMPLETIONS: Route = { type: 'completions', dialect: 'openai-chat' };

/**
 * Finds the route of a request.
 * @param path without query
 * @param query without its `?`
 * @param announced the dialect that the caller's headers announce: shared paths and errors then speak it
 */
export function findRoute(method: string, path: string, query: string, announced: DialectId): Route {
  switch (path) {
    case '/v1/chat/completions':
      return method === 'POST' ? CHAT : wrongMethod('POST', 'openai-chat');
    case '/v1/messages':
      return method === 'POST' ? MESSAGES : wrongMethod('POST', 'anthropic-messages');
    case '/v1/responses':
      return method === 'POST' ? RESPONSES : wrongMethod('POST', 'openai-responses');
    case '/v1/realtime':
      return method === 'GET' ? REALTIME : wrongMethod('GET', 'openai-chat');
    case '/v1/completions':
      return method === 'POST' ? COMPLETIONS : wrongMethod('POST', 'openai-chat');
    case '/v1/messages/count_tokens':
      return method === 'POST' ? COUNT_TOKENS : wrongMethod('POST', 'anthropic-messages');
  }
  const operation = operationAt(path);
  if (operation !== undefined)
    return method === 'POST' ? { type: operation.id, dialect: 'openai-chat' } : wrongMethod('POST', 'openai-chat');
  const resource = findResourceRoute(method, path);
  if (resource !== undefined) return resource;
  const google = findGeminiRoute(method, path, query);
  if (google !== undefined) return google;
  const azure = findAzurePath(path);
  if (azure !== undefined) return withModel(findRoute(method, azure.path, query, 'openai-chat'), azure.deployment);
  return findModelsRoute(method, path, announced === 'openai-chat' && path.startsWith('/v1/messages/') ? 'anthropic-messages' : announced);
}

function findModelsRoute(method: string, path: string, dialect: DialectId): Route {
  if (path === '/v1/models') {
    return method === 'GET' ? { type: 'models', dialect, model: undefined } : wrongMethod('GET', dialect);
  }
  if (path.startsWith(MODELS_PREFIX) && path.length > MODELS_PREFIX.length) {
    if (method !== 'GET') return wrongMethod('GET', dialect);
    const model = decodePath(path.slice(MODELS_PREFIX.length));
    return model === undefined ? { type: 'unknown', dialect } : { type: 'models', dialect, model };
  }
  return { type: 'unknown', dialect };
}

function withModel(route: Route, model: string | undefined): Route {
  return model === undefined || !isCallRoute(route) ? route : { ...route, model };
}

function isCallRoute(route: Route): route is CallRoute {
  return !['models', 'files', 'batches', 'wrong-method', 'unknown'].includes(route.type);
}

function wrongMethod(allow: string, dialect: DialectId): Route {
  return { type: 'wrong-method', dialect, allow };
}
