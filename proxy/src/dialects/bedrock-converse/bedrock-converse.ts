import { EventStreamParser } from '../../wire/event-stream.ts';
import type { UpstreamDialect } from '../dialect.ts';
import { observeDecoded } from '../observe-decoded.ts';
import { decodeAnswer } from './decode-answer.ts';
import { decodeError } from './decode-error.ts';
import { encodeCall } from './encode-call.ts';
import { toldError } from './exceptions.ts';
import { ConverseStreamDecoder } from './stream-decoder.ts';

/** AWS Bedrock's Converse, the one shape for all models there. No caller speaks it. */
export const bedrockConverse: UpstreamDialect = {
  id: 'bedrock-converse',
  chatPath: '/model',
  upstreamPath: (model, stream) => `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`,
  callOutsideBody: true,
  upstreamHeaders: [],
  usageOnRequest: false,
  encodeCall,
  decodeAnswer,
  observeAnswer: (body) => observeDecoded(decodeAnswer(body), toldError(body)),
  streamDecoder: () => new ConverseStreamDecoder(),
  streamParser: () => new EventStreamParser(),
  decodeError,
};
