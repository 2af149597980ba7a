import type { Dialect } from '../dialect.ts';
import { encodeError, errorStatus } from '../openai-chat/encode-error.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';
import { decodeAnswer } from './decode-answer.ts';
import { decodeCall } from './decode-call.ts';
import { encodeAnswer } from './encode-answer.ts';
import { encodeCall } from './encode-call.ts';
import { observeAnswer } from './observe-answer.ts';
import { readFacts } from './read-facts.ts';
import { ResponsesStreamDecoder } from './stream-decoder.ts';
import { ResponsesStreamEncoder } from './stream-encoder.ts';
import { ResponsesStreamObserver } from './stream-observer.ts';

/** OpenAI's responses, with the state kept by the caller. */
export const openaiResponses: Dialect = {
  id: 'openai-responses',
  chatPath: '/responses',
  upstreamHeaders: [],
  forwardedHeaders: ['openai-beta'],
  usageOnRequest: false,
  decodeCall,
  readFacts,
  encodeAnswer,
  streamEncoder: (context) => new ResponsesStreamEncoder(context),
  encodeError,
  errorStatus,
  encodeCall,
  decodeAnswer,
  streamDecoder: () => new ResponsesStreamDecoder(),
  decodeError: decodeUpstreamError,
  streamObserver: () => new ResponsesStreamObserver(),
  observeAnswer,
};
