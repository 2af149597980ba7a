import type { DialectId } from '@headgate/crds';

/** What a caller asks for, told by method and path alone. */
export type Route =
  | { readonly type: 'chat'; readonly dialect: DialectId }
  | { readonly type: 'embeddings'; readonly dialect: DialectId }
  | { readonly type: 'models'; readonly dialect: DialectId; readonly model: string | undefined }
  | { readonly type: 'wrong-method'; readonly dialect: DialectId; readonly allow: string }
  | { readonly type: 'unknown'; readonly dialect: DialectId };

/** Every path of the data port. A test holds this list and the switch below together: nothing else is served. */
export const DATA_ROUTES: readonly string[] = [
  'POST /v1/chat/completions',
  'POST /v1/embeddings',
  'POST /v1/messages',
  'POST /v1/responses',
  'GET /v1/models',
  'GET /v1/models/{id}',
];

const MODELS_PREFIX = '/v1/models/';
const CHAT: Route = { type: 'chat', dialect: 'openai-chat' };
const MESSAGES: Route = { type: 'chat', dialect: 'anthropic-messages' };
const RESPONSES: Route = { type: 'chat', dialect: 'openai-responses' };
const EMBEDDINGS: Route = { type: 'embeddings', dialect: 'openai-chat' };

/**
 * Finds the route of a request.
 * @param path without query
 * @param anthropic the caller sent `anthropic-version`: shared paths and errors then speak Anthropic's dialect
 */
export function findRoute(method: string, path: string, anthropic: boolean): Route {
  switch (path) {
    case '/v1/chat/completions':
      return method === 'POST' ? CHAT : wrongMethod('POST', 'openai-chat');
    case '/v1/messages':
      return method === 'POST' ? MESSAGES : wrongMethod('POST', 'anthropic-messages');
    case '/v1/responses':
      return method === 'POST' ? RESPONSES : wrongMethod('POST', 'openai-responses');
    case '/v1/embeddings':
      return method === 'POST' ? EMBEDDINGS : wrongMethod('POST', 'openai-chat');
  }
  const dialect: DialectId = anthropic || path.startsWith('/v1/messages/') ? 'anthropic-messages' : 'openai-chat';
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

function wrongMethod(allow: string, dialect: DialectId): Route {
  return { type: 'wrong-method', dialect, allow };
}

function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
