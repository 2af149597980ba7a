import type { UpstreamDialect } from '../dialect.ts';
import { decodeAnswer } from './decode-answer.ts';
import { decodeError } from './decode-error.ts';
import { encodeCall } from './encode-call.ts';
import { observeAnswer } from './observe-answer.ts';
import { CohereStreamDecoder } from './stream-decoder.ts';

/** Cohere's chat, version 2. No caller speaks it. */
export const cohere: UpstreamDialect = {
  id: 'cohere',
  chatPath: '/chat',
  upstreamHeaders: [],
  usageOnRequest: false,
  encodeCall,
  decodeAnswer,
  observeAnswer,
  streamDecoder: () => new CohereStreamDecoder(),
  decodeError,
};
