import { jsonAnswer } from '../../../fakes/provider-answers.ts';
import { type CanonicalAnswer, TOKENS } from '../canonical-answer.ts';
import { inPieces } from './in-pieces.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

/** Ollama stops with `stop` where it calls, too. */
const DONE_REASONS = { stop: 'stop', length: 'length', 'tool-calls': 'stop' } as const;
const BASE = { model: 'upstream-model', created_at: '2026-11-01T00:00:00.000000Z' };

function last(answer: CanonicalAnswer): object {
  return {
    done: true,
    done_reason: DONE_REASONS[answer.finish],
    total_duration: 5_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: TOKENS.input,
    prompt_eval_duration: 1_000_000,
    eval_count: TOKENS.output,
    eval_duration: 3_000_000,
  };
}

function toolCalls({ calls }: CanonicalAnswer): object[] {
  return calls.map(({ id, name, args }, index) => ({ id, function: { index, name, arguments: JSON.parse(args.join('')) as object } }));
}

export const ollama: UpstreamScripts = {
  provider: { dialect: 'ollama', auth: { type: 'Bearer' }, basePath: '' },
  tells: { cached: false, reasoningTokens: false, partialCalls: false },
  blocking: (answer) => {
    const message = {
      role: 'assistant',
      content: answer.text.join(''),
      ...(answer.reasoning.length > 0 && { thinking: answer.reasoning.join('') }),
      ...(answer.calls.length > 0 && { tool_calls: toolCalls(answer) }),
    };
    return jsonAnswer(200, { ...BASE, message, ...last(answer) });
  },
  stream: (answer) => {
    const piece = (message: object): object => ({ ...BASE, message: { role: 'assistant', content: '', ...message }, done: false });
    const lines = [
      ...answer.reasoning.map((thinking) => piece({ thinking })),
      ...answer.text.map((content) => piece({ content })),
      ...toolCalls(answer).map((call) => piece({ tool_calls: [call] })),
      { ...BASE, message: { role: 'assistant', content: '' }, ...last(answer) },
    ];
    return inPieces('application/x-ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  },
  embeddings: (vector) => ({ model: 'upstream-model', embeddings: [vector], prompt_eval_count: 4 }),
  failure: (status, message) => jsonAnswer(status, { error: message }),
};
