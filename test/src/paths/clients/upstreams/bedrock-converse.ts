import { jsonAnswer } from '../../../fakes/provider-answers.ts';
import type { Script } from '../../../fakes/scripted-upstream.ts';
import { type CanonicalAnswer, SIGNATURE, TOKENS } from '../canonical-answer.ts';
import { eventStreamFrame } from './event-stream-frame.ts';
import { inPieces } from './in-pieces.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use' } as const;
const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  429: 'ThrottlingException',
};
const USAGE = {
  inputTokens: TOKENS.input - TOKENS.cached,
  outputTokens: TOKENS.output,
  totalTokens: TOKENS.input + TOKENS.output,
  cacheReadInputTokens: TOKENS.cached,
  cacheWriteInputTokens: 0,
};

/** Only calls announce their block. */
function frames({ reasoning, text, calls, finish }: CanonicalAnswer): Buffer[] {
  const blocks: readonly { readonly start?: object; readonly deltas: readonly object[] }[] = [
    ...(reasoning.length > 0
      ? [
          {
            deltas: [...reasoning.map((piece) => ({ reasoningContent: { text: piece } })), { reasoningContent: { signature: SIGNATURE } }],
          },
        ]
      : []),
    ...(text.length > 0 ? [{ deltas: text.map((piece) => ({ text: piece })) }] : []),
    ...calls.map(({ id, name, args }) => ({
      start: { toolUse: { toolUseId: id, name } },
      deltas: args.map((piece) => ({ toolUse: { input: piece } })),
    })),
  ];
  return [
    eventStreamFrame('messageStart', { role: 'assistant' }),
    ...blocks.flatMap(({ start, deltas }, contentBlockIndex) => [
      ...(start === undefined ? [] : [eventStreamFrame('contentBlockStart', { start, contentBlockIndex })]),
      ...deltas.map((delta) => eventStreamFrame('contentBlockDelta', { delta, contentBlockIndex })),
      eventStreamFrame('contentBlockStop', { contentBlockIndex }),
    ]),
    eventStreamFrame('messageStop', { stopReason: STOP_REASONS[finish] }),
    eventStreamFrame('metadata', { usage: USAGE, metrics: { latencyMs: 20 } }),
  ];
}

export const bedrockConverse: UpstreamScripts = {
  provider: { dialect: 'bedrock-converse', auth: { type: 'Bearer' }, basePath: '' },
  tells: { cached: true, reasoningTokens: false, partialCalls: false },
  state: SIGNATURE,
  blocking: ({ reasoning, text, calls, finish }) => {
    const content = [
      ...(reasoning.length > 0 ? [{ reasoningContent: { reasoningText: { text: reasoning.join(''), signature: SIGNATURE } } }] : []),
      ...(text.length > 0 ? [{ text: text.join('') }] : []),
      ...calls.map(({ id, name, args }) => ({ toolUse: { toolUseId: id, name, input: JSON.parse(args.join('')) as object } })),
    ];
    const output = { message: { role: 'assistant', content } };
    return jsonAnswer(200, { output, stopReason: STOP_REASONS[finish], usage: USAGE, metrics: { latencyMs: 20 } });
  },
  stream: (answer) => inPieces('application/vnd.amazon.eventstream', Buffer.concat(frames(answer))),
  failure: bedrockFailure,
};

export function bedrockFailure(status: number, message: string): Script {
  return jsonAnswer(status, { message }, { 'x-amzn-errortype': ERROR_TYPES[status] ?? 'InternalServerException' });
}
