import { jsonAnswer } from '../../../fakes/provider-answers.ts';
import { type CanonicalAnswer, TOKENS } from '../canonical-answer.ts';
import { inPieces, sseOf } from './in-pieces.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

const FINISH = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls' } as const;
const HEAD = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'upstream-model' };

function usageOf({ reasoning }: CanonicalAnswer): object {
  return {
    prompt_tokens: TOKENS.input,
    completion_tokens: TOKENS.output,
    total_tokens: TOKENS.input + TOKENS.output,
    prompt_tokens_details: { cached_tokens: TOKENS.cached },
    completion_tokens_details: { reasoning_tokens: reasoning.length > 0 ? TOKENS.reasoning : 0 },
  };
}

function chunk(delta: object, finish: string | null = null): object {
  return { ...HEAD, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] };
}

function completionBody(text: string, finish: string | null, usage?: object): object {
  const choices = [{ index: 0, text, logprobs: null, finish_reason: finish }];
  return { ...HEAD, object: 'text_completion', choices, ...(usage !== undefined && { usage }) };
}

function callChunks(answer: CanonicalAnswer): object[] {
  return answer.calls.flatMap(({ id, name, args }, index) => [
    chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
    ...args.map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
}

export const openaiChat: UpstreamScripts = {
  provider: { dialect: 'openai-chat', auth: { type: 'Bearer' }, basePath: '/v1' },
  tells: { cached: true, reasoningTokens: true, partialCalls: true },
  blocking: (answer) => {
    const { reasoning, text, calls, finish } = answer;
    const toolCalls = calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: args.join('') } }));
    const message = {
      role: 'assistant',
      content: text.length > 0 ? text.join('') : null,
      ...(reasoning.length > 0 && { reasoning_content: reasoning.join('') }),
      ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: FINISH[finish] }];
    return jsonAnswer(200, { ...HEAD, object: 'chat.completion', choices, usage: usageOf(answer) });
  },
  stream: (answer) => {
    const events = [
      chunk({ role: 'assistant', content: '' }),
      ...answer.reasoning.map((piece) => chunk({ reasoning_content: piece })),
      ...answer.text.map((piece) => chunk({ content: piece })),
      ...callChunks(answer),
      chunk({}, FINISH[answer.finish]),
      { ...HEAD, object: 'chat.completion.chunk', choices: [], usage: usageOf(answer) },
    ];
    return inPieces('text/event-stream', `${sseOf(events)}data: [DONE]\n\n`);
  },
  completion: (answer, stream) => {
    const { text, finish } = answer;
    if (!stream) return jsonAnswer(200, completionBody(text.join(''), FINISH[finish], usageOf(answer)));
    const events = [
      ...text.map((piece) => completionBody(piece, null)),
      completionBody('', FINISH[finish]),
      { ...HEAD, object: 'text_completion', choices: [], usage: usageOf(answer) },
    ];
    return inPieces('text/event-stream', `${sseOf(events)}data: [DONE]\n\n`);
  },
  failure: (status, message) => jsonAnswer(status, { error: { message, type: 'invalid_request_error', param: null, code: null } }),
};
