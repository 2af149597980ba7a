import { SseParser } from '../../wire/sse-parser.ts';
import type { UpstreamDialect } from '../dialect.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';
import { decodeAnswer } from './decode-answer.ts';
import { encodeCall } from './encode-call.ts';
import { NdjsonParser } from './ndjson-parser.ts';
import { observeAnswer } from './observe-answer.ts';
import { OllamaStreamDecoder } from './stream-decoder.ts';

/** Ollama's own `/api/chat`, which streams lines of JSON. No caller speaks it. */
export const ollama: UpstreamDialect = {
  id: 'ollama',
  chatPath: '/chat',
  upstreamHeaders: [],
  usageOnRequest: false,
  encodeCall,
  decodeAnswer,
  observeAnswer,
  streamDecoder: () => new OllamaStreamDecoder(),
  streamParser: (contentType) => (contentType.startsWith('text/event-stream') ? new SseParser() : new NdjsonParser()),
  decodeError: decodeUpstreamError,
};
