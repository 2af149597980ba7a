import { jsonAnswer } from '../../../fakes/provider-answers.ts';
import { type CanonicalAnswer, TOKENS } from '../canonical-answer.ts';
import { inPieces, namedSse, type TypedEvent } from './in-pieces.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

const FINISH = { stop: 'COMPLETE', length: 'MAX_TOKENS', 'tool-calls': 'TOOL_CALL' } as const;
const USAGE = {
  billed_units: { input_tokens: TOKENS.input - 5, output_tokens: TOKENS.output },
  tokens: { input_tokens: TOKENS.input, output_tokens: TOKENS.output },
  cached_tokens: TOKENS.cached,
};

function delta(type: string, index: number, message: object): TypedEvent {
  return { type, index, delta: { message } };
}

function contentEvents(type: 'thinking' | 'text', index: number, pieces: readonly string[]): TypedEvent[] {
  return [
    delta('content-start', index, { content: { type, [type]: '' } }),
    ...pieces.map((piece) => delta('content-delta', index, { content: { [type]: piece } })),
    { type: 'content-end', index },
  ];
}

function eventsOf({ reasoning, text, calls, finish }: CanonicalAnswer): TypedEvent[] {
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  return [
    { type: 'message-start', id: 'c1', delta: { message } },
    ...(reasoning.length > 0 ? contentEvents('thinking', 0, reasoning) : []),
    ...(text.length > 0 ? contentEvents('text', reasoning.length > 0 ? 1 : 0, text) : []),
    ...calls.flatMap(({ id, name, args }, index) => [
      delta('tool-call-start', index, { tool_calls: { id, type: 'function', function: { name, arguments: '' } } }),
      ...args.map((piece) => delta('tool-call-delta', index, { tool_calls: { function: { arguments: piece } } })),
      { type: 'tool-call-end', index },
    ]),
    { type: 'message-end', delta: { finish_reason: FINISH[finish], usage: USAGE } },
  ];
}

export const cohere: UpstreamScripts = {
  provider: { dialect: 'cohere', auth: { type: 'Bearer' }, basePath: '/v2' },
  tells: { cached: true, reasoningTokens: false, partialCalls: true },
  blocking: ({ reasoning, text, calls, finish }) => {
    const content = [
      ...(reasoning.length > 0 ? [{ type: 'thinking', thinking: reasoning.join('') }] : []),
      ...(text.length > 0 ? [{ type: 'text', text: text.join('') }] : []),
    ];
    const toolCalls = calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: args.join('') } }));
    const message = {
      role: 'assistant',
      ...(content.length > 0 && { content }),
      ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    };
    return jsonAnswer(200, { id: 'c1', finish_reason: FINISH[finish], message, usage: USAGE });
  },
  stream: (answer) => inPieces('text/event-stream', `${namedSse(eventsOf(answer))}data: [DONE]\n\n`),
  embeddings: (vector) => ({ id: 'e1', embeddings: { float: [vector] }, texts: ['hello'], meta: { billed_units: { input_tokens: 4 } } }),
  failure: (status, message) => jsonAnswer(status, { id: 'e1', message }),
};
