import type { WireDialect } from '../dialect.ts';
import { encodeError, errorStatus } from '../openai-chat/encode-error.ts';
import { OpenaiStreamObserver } from '../openai-chat/stream-observer.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';
import { decodeAnswer, observeAnswer } from './decode-answer.ts';
import { decodeCall } from './decode-call.ts';
import { encodeAnswer } from './encode-answer.ts';
import { encodeCall } from './encode-call.ts';
import { readFacts } from './read-facts.ts';
import { CompletionsStreamDecoder } from './stream-decoder.ts';
import { CompletionsStreamEncoder } from './stream-encoder.ts';

/**
 * OpenAI's completions of before chat. Not a dialect that a provider is declared with: vendors of OpenAI's family speak
 * it beside chat, for models that only continue text.
 */
export const openaiCompletions: WireDialect = {
  id: 'openai-completions',
  chatPath: '/completions',
  upstreamHeaders: [],
  forwardedHeaders: [],
  usageOnRequest: true,
  decodeCall,
  readFacts,
  encodeAnswer,
  streamEncoder: (context) => new CompletionsStreamEncoder(context),
  encodeError,
  errorStatus,
  encodeCall,
  decodeAnswer,
  observeAnswer,
  streamDecoder: () => new CompletionsStreamDecoder(),
  // Chunks differ from those of chat only where text sits, which the observer takes for content as well.
  streamObserver: () => new OpenaiStreamObserver(),
  decodeError: decodeUpstreamError,
};
