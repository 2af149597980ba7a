import { decodePath } from './decode-path.ts';
import type { Route } from './route.ts';

/** `/v1beta/models/{id}:method`; the longer prefix is Vertex AI's. */
const CALL =
  /^\/v1(?:alpha|beta1?)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/google\/)?(models|tunedModels)\/(.+):(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict)$/;
/** `/v1/models` is shared with other dialects; these are Google's alone. */
const LIST = /^\/v1(?:alpha|beta1?)\/(?:publishers\/google\/)?models(?:\/(.+))?$/;
const SSE = /(?:^|&)(?:alt|%24alt|\$alt)=sse(?:&|$)/;

/** Routes of Gemini's API, which names the model and says whether to stream in the path. Undefined = not Gemini's. */
export function findGeminiRoute(method: string, path: string, query: string): Route | undefined {
  const call = CALL.exec(path);
  if (call !== null) return callRoute(method, call, query);
  const listed = LIST.exec(path);
  if (listed === null) return path.startsWith('/v1beta') ? { type: 'unknown', dialect: 'gemini' } : undefined;
  if (method === 'POST' && path.includes(':')) return { type: 'unknown', dialect: 'gemini' };
  if (method !== 'GET') return { type: 'wrong-method', dialect: 'gemini', allow: 'GET' };
  if (listed[1] === undefined) return { type: 'models', dialect: 'gemini', model: undefined };
  const model = decodePath(listed[1]);
  return model === undefined ? { type: 'unknown', dialect: 'gemini' } : { type: 'models', dialect: 'gemini', model };
}

/** @param call the parts of CALL: collection, model, method */
function callRoute(method: string, [, collection, name = '', operation]: readonly string[], query: string): Route {
  if (method !== 'POST') return { type: 'wrong-method', dialect: 'gemini', allow: 'POST' };
  const decoded = decodePath(name);
  if (decoded === undefined) return { type: 'unknown', dialect: 'gemini' };
  const model = collection === 'models' ? decoded : `${collection}/${decoded}`;
  if (operation === 'embedContent' || operation === 'batchEmbedContents' || operation === 'predict') {
    return { type: 'embeddings', dialect: 'gemini', model, spelling: operation };
  }
  const stream = operation === 'streamGenerateContent';
  const route = {
    type: operation === 'countTokens' ? ('count-tokens' as const) : ('chat' as const),
    dialect: 'gemini' as const,
    model,
    stream,
  };
  return stream && !SSE.test(query) ? { ...route, framing: 'json-array' } : route;
}
