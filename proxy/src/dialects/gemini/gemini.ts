import { SseParser } from '../../wire/sse-parser.ts';
import type { Dialect } from '../dialect.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';
import { decodeAnswer } from './decode-answer.ts';
import { decodeCall } from './decode-call.ts';
import { encodeAnswer } from './encode-answer.ts';
import { encodeCall } from './encode-call.ts';
import { encodeError, errorStatus } from './encode-error.ts';
import { JsonArrayParser } from './json-array-parser.ts';
import { observeAnswer } from './observe-answer.ts';
import { readFacts } from './read-facts.ts';
import { GeminiStreamDecoder } from './stream-decoder.ts';
import { GeminiStreamEncoder } from './stream-encoder.ts';
import { GeminiStreamObserver } from './stream-observer.ts';
import { DIALECT } from './thought-signature.ts';

/** Google's `generateContent`, at Gemini's own API and at Vertex AI. */
export const gemini: Dialect = {
  id: DIALECT,
  chatPath: '/models',
  upstreamPath: (model, stream) => `${modelPath(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  countTokensPath: (model) => `${modelPath(model)}:countTokens`,
  callOutsideBody: true,
  upstreamHeaders: [],
  forwardedHeaders: [],
  usageOnRequest: false,
  decodeCall,
  readFacts,
  encodeAnswer,
  streamEncoder: (context) => new GeminiStreamEncoder(context),
  encodeError,
  errorStatus,
  encodeCall,
  decodeAnswer,
  streamDecoder: () => new GeminiStreamDecoder(),
  streamParser: (contentType) => (contentType.startsWith('application/json') ? new JsonArrayParser() : new SseParser()),
  decodeError: decodeUpstreamError,
  streamObserver: () => new GeminiStreamObserver(),
  observeAnswer,
};

/**
 * `/models/gemini-3-flash`; some names (`tunedModels/mine`) say themselves what they are. `google/` is how Vertex AI's
 * OpenAI layer names Google's own models, which need no saying here.
 */
function modelPath(model: string): string {
  const name = model.replace(/^google\//, '');
  const resource = /^(?:models|tunedModels|endpoints)\//.test(name) ? name : `models/${name}`;
  return `/${resource.split('/').map(encodeURIComponent).join('/')}`;
}
