import type { Dialect } from '../dialect.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';
import { decodeAnswer } from './decode-answer.ts';
import { decodeCall } from './decode-call.ts';
import { encodeAnswer } from './encode-answer.ts';
import { encodeCall } from './encode-call.ts';
import { encodeError, errorStatus } from './encode-error.ts';
import { observeAnswer } from './observe-answer.ts';
import { readFacts } from './read-facts.ts';
import { OpenaiStreamDecoder } from './stream-decoder.ts';
import { OpenaiStreamEncoder } from './stream-encoder.ts';
import { OpenaiStreamObserver } from './stream-observer.ts';

/** OpenAI's chat completions, and the many vendors that speak them with an accent. */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  chatPath: '/chat/completions',
  upstreamHeaders: [],
  forwardedHeaders: ['openai-beta'],
  usageOnRequest: true,
  decodeCall,
  readFacts,
  encodeAnswer,
  streamEncoder: (context) => new OpenaiStreamEncoder(context),
  encodeError,
  errorStatus,
  encodeCall,
  decodeAnswer,
  streamDecoder: () => new OpenaiStreamDecoder(),
  decodeError: decodeUpstreamError,
  streamObserver: () => new OpenaiStreamObserver(),
  observeAnswer,
};
