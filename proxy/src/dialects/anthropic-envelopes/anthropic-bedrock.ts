import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts';
import { decodeError } from '../bedrock-converse/decode-error.ts';
import type { UpstreamDialect } from '../dialect.ts';
import { BedrockChunkParser } from './bedrock-chunk-parser.ts';
import { intoEnvelope } from './into-envelope.ts';

const VERSION = 'bedrock-2023-05-31';

/**
 * Anthropic's messages as AWS Bedrock's InvokeModel takes them: model and streaming in the path, the version in the body,
 * and the stream's events in event-stream frames.
 */
export const anthropicBedrock: UpstreamDialect = {
  id: 'anthropic-bedrock',
  chatPath: '/model',
  upstreamPath: (model, stream) => `/model/${encodeURIComponent(model)}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
  callOutsideBody: true,
  upstreamHeaders: [],
  usageOnRequest: anthropicMessages.usageOnRequest,
  encodeCall: (call, context) => {
    const { body, losses } = intoEnvelope(call, context, VERSION);
    const { stream: _stream, ...message } = body;
    return { body: message, losses };
  },
  decodeAnswer: anthropicMessages.decodeAnswer,
  observeAnswer: anthropicMessages.observeAnswer,
  streamDecoder: anthropicMessages.streamDecoder,
  streamParser: () => new BedrockChunkParser(),
  decodeError,
};
