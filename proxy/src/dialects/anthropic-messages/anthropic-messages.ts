import type { Dialect } from '../dialect.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';
import { decodeAnswer } from './decode-answer.ts';
import { decodeCall } from './decode-call.ts';
import { encodeAnswer } from './encode-answer.ts';
import { encodeCall } from './encode-call.ts';
import { encodeError, errorStatus } from './encode-error.ts';
import { observeAnswer } from './observe-answer.ts';
import { readFacts } from './read-facts.ts';
import { AnthropicStreamDecoder } from './stream-decoder.ts';
import { AnthropicStreamEncoder } from './stream-encoder.ts';
import { AnthropicStreamObserver } from './stream-observer.ts';

/** Anthropic's messages API. */
export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  chatPath: '/messages',
  countTokensPath: () => '/messages/count_tokens',
  upstreamHeaders: [['anthropic-version', '2023-06-01']],
  forwardedHeaders: ['anthropic-version', 'anthropic-beta'],
  usageOnRequest: false,
  decodeCall,
  readFacts,
  encodeAnswer,
  streamEncoder: (context) => new AnthropicStreamEncoder(context),
  encodeError,
  errorStatus,
  encodeCall,
  decodeAnswer,
  streamDecoder: () => new AnthropicStreamDecoder(),
  decodeError: decodeUpstreamError,
  streamObserver: () => new AnthropicStreamObserver(),
  observeAnswer,
};
