import { jsonAnswer } from '../../../fakes/provider-answers.ts';
import { type CanonicalAnswer, SIGNATURE, TOKENS } from '../canonical-answer.ts';
import { inPieces, namedSse, type TypedEvent } from './in-pieces.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use' } as const;
const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};
const USAGE = {
  input_tokens: TOKENS.input - TOKENS.cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: TOKENS.cached,
};

function message(content: readonly object[], stopReason: string | null, usage: object): object {
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'upstream-model' };
  return { ...head, content, stop_reason: stopReason, stop_sequence: null, usage };
}

/** Start, pieces and end of every block. */
function blockEvents({ reasoning, text, calls }: CanonicalAnswer): TypedEvent[] {
  const thinking = [
    ...reasoning.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
    { type: 'signature_delta', signature: SIGNATURE },
  ];
  const blocks = [
    ...(reasoning.length > 0 ? [{ start: { type: 'thinking', thinking: '', signature: '' }, deltas: thinking }] : []),
    ...(text.length > 0 ? [{ start: { type: 'text', text: '' }, deltas: text.map((piece) => ({ type: 'text_delta', text: piece })) }] : []),
    ...calls.map(({ id, name, args }) => ({
      start: { type: 'tool_use', id, name, input: {} },
      deltas: args.map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
    })),
  ];
  return blocks.flatMap(({ start, deltas }, index) => [
    { type: 'content_block_start', index, content_block: start },
    { type: 'ping' },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]);
}

export function anthropicEvents(answer: CanonicalAnswer): TypedEvent[] {
  const delta = { stop_reason: STOP_REASONS[answer.finish], stop_sequence: null };
  return [
    { type: 'message_start', message: message([], null, { ...USAGE, output_tokens: 1 }) },
    ...blockEvents(answer),
    { type: 'message_delta', delta, usage: { output_tokens: TOKENS.output } },
    { type: 'message_stop' },
  ];
}

export const anthropicMessages: UpstreamScripts = {
  provider: { dialect: 'anthropic-messages', auth: { type: 'Header', name: 'x-api-key' }, basePath: '/v1' },
  tells: { cached: true, reasoningTokens: false, partialCalls: false },
  state: SIGNATURE,
  blocking: ({ reasoning, text, calls, finish }) => {
    const content = [
      ...(reasoning.length > 0 ? [{ type: 'thinking', thinking: reasoning.join(''), signature: SIGNATURE }] : []),
      ...(text.length > 0 ? [{ type: 'text', text: text.join('') }] : []),
      ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: JSON.parse(args.join('')) as object })),
    ];
    return jsonAnswer(200, message(content, STOP_REASONS[finish], { ...USAGE, output_tokens: TOKENS.output }));
  },
  stream: (answer) => inPieces('text/event-stream; charset=utf-8', namedSse(anthropicEvents(answer))),
  failure: (status, text) => jsonAnswer(status, { type: 'error', error: { type: ERROR_TYPES[status] ?? 'api_error', message: text } }),
};
