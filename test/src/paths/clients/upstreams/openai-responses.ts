import { jsonAnswer } from '../../../fakes/provider-answers.ts';
import { type CanonicalAnswer, TOKENS } from '../canonical-answer.ts';
import { inPieces, namedSse, type TypedEvent } from './in-pieces.ts';
import { openaiChat } from './openai-chat.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

const ENCRYPTED = 'b3BhcXVl';

interface Item {
  /** As it is announced, and as it is at last. */
  readonly added: object;
  readonly done: object;
  /** Events between the two, without position and number. */
  readonly events: readonly TypedEvent[];
}

function reasoningItem(pieces: readonly string[]): Item {
  const id = 'rs_1';
  const part = { type: 'summary_text', text: pieces.join('') };
  const base = { id, type: 'reasoning', encrypted_content: ENCRYPTED };
  const at = { item_id: id, summary_index: 0 };
  return {
    added: { ...base, summary: [] },
    done: { ...base, summary: [part] },
    events: [
      { type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } },
      ...pieces.map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...at, delta })),
      { type: 'response.reasoning_summary_text.done', ...at, text: part.text },
      { type: 'response.reasoning_summary_part.done', ...at, part },
    ],
  };
}

function messageItem(pieces: readonly string[]): Item {
  const id = 'msg_1';
  const part = { type: 'output_text', text: pieces.join(''), annotations: [], logprobs: [] };
  const base = { id, type: 'message', role: 'assistant' };
  const at = { item_id: id, content_index: 0 };
  return {
    added: { ...base, status: 'in_progress', content: [] },
    done: { ...base, status: 'completed', content: [part] },
    events: [
      { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
      ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
      { type: 'response.output_text.done', ...at, text: part.text, logprobs: [] },
      { type: 'response.content_part.done', ...at, part },
    ],
  };
}

function callItem({ id, name, args }: CanonicalAnswer['calls'][number], index: number): Item {
  const base = { id: `fc_${index}`, type: 'function_call', call_id: id, name };
  return {
    added: { ...base, status: 'in_progress', arguments: '' },
    done: { ...base, status: 'completed', arguments: args.join('') },
    events: [
      ...args.map((delta) => ({ type: 'response.function_call_arguments.delta', item_id: base.id, delta })),
      { type: 'response.function_call_arguments.done', item_id: base.id, arguments: args.join(''), name },
    ],
  };
}

function itemsOf({ reasoning, text, calls }: CanonicalAnswer): Item[] {
  return [
    ...(reasoning.length > 0 ? [reasoningItem(reasoning)] : []),
    ...(text.length > 0 ? [messageItem(text)] : []),
    ...calls.map(callItem),
  ];
}

const BASE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_790_000_000,
  error: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  model: 'upstream-model',
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
};

function response(answer: CanonicalAnswer): object {
  const cut = answer.finish === 'length';
  return {
    ...BASE,
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: itemsOf(answer).map(({ done }) => done),
    usage: {
      input_tokens: TOKENS.input,
      input_tokens_details: { cached_tokens: TOKENS.cached },
      output_tokens: TOKENS.output,
      output_tokens_details: { reasoning_tokens: answer.reasoning.length > 0 ? TOKENS.reasoning : 0 },
      total_tokens: TOKENS.input + TOKENS.output,
    },
  };
}

export const openaiResponses: UpstreamScripts = {
  provider: { dialect: 'openai-responses', auth: { type: 'Bearer' }, basePath: '/v1' },
  tells: { cached: true, reasoningTokens: true, partialCalls: true },
  state: ENCRYPTED,
  blocking: (answer) => jsonAnswer(200, response(answer)),
  stream: (answer) => {
    const begun = { ...BASE, status: 'in_progress', incomplete_details: null, output: [], usage: null };
    const events: TypedEvent[] = [
      { type: 'response.created', response: begun },
      { type: 'response.in_progress', response: begun },
      ...itemsOf(answer).flatMap(({ added, done, events: between }, output_index) => [
        { type: 'response.output_item.added', output_index, item: added },
        ...between.map((event) => ({ ...event, output_index })),
        { type: 'response.output_item.done', output_index, item: done },
      ]),
      { type: answer.finish === 'length' ? 'response.incomplete' : 'response.completed', response: response(answer) },
    ];
    return inPieces('text/event-stream; charset=utf-8', namedSse(events.map((event, i) => ({ ...event, sequence_number: i }))));
  },
  failure: openaiChat.failure,
};
