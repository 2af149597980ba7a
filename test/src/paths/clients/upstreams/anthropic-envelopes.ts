import { anthropicEvents, anthropicMessages } from './anthropic-messages.ts';
import { bedrockFailure } from './bedrock-converse.ts';
import { eventStreamFrame } from './event-stream-frame.ts';
import { inPieces } from './in-pieces.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

/** Claude at Vertex AI: Anthropic's answers, told apart by path and call only. */
export const anthropicVertex: UpstreamScripts = {
  ...anthropicMessages,
  provider: { dialect: 'anthropic-vertex', auth: { type: 'Bearer' }, basePath: '/v1/projects/p/locations/l/publishers/anthropic' },
};

/** Claude at Bedrock's InvokeModel: Anthropic's events, each in a frame, in base64. */
export const anthropicBedrock: UpstreamScripts = {
  ...anthropicMessages,
  provider: { dialect: 'anthropic-bedrock', auth: { type: 'Bearer' }, basePath: '' },
  stream: (answer) => {
    const frames = anthropicEvents(answer).map((event) =>
      eventStreamFrame('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') }),
    );
    return inPieces('application/vnd.amazon.eventstream', Buffer.concat(frames));
  },
  failure: bedrockFailure,
};
