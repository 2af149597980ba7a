import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts';
import type { UpstreamDialect } from '../dialect.ts';
import { intoEnvelope } from './into-envelope.ts';

const VERSION = 'vertex-2023-10-16';

/** Anthropic's messages as Vertex AI takes them: model and streaming in the path, the version in the body. */
export const anthropicVertex: UpstreamDialect = {
  id: 'anthropic-vertex',
  chatPath: '/models',
  // Versions follow an @, which may stand in a path.
  upstreamPath: (model, stream) =>
    `/models/${encodeURIComponent(model).replaceAll('%40', '@')}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
  callOutsideBody: true,
  upstreamHeaders: [],
  usageOnRequest: anthropicMessages.usageOnRequest,
  encodeCall: (call, context) => intoEnvelope(call, context, VERSION),
  decodeAnswer: anthropicMessages.decodeAnswer,
  observeAnswer: anthropicMessages.observeAnswer,
  streamDecoder: anthropicMessages.streamDecoder,
  decodeError: anthropicMessages.decodeError,
};
