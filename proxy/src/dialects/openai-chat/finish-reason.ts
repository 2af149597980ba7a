import type { FinishReason } from '../../wire/stream-event.ts';

type Unified = FinishReason['unified'];

/** Words of OpenAI-compatible providers, lower-cased (reference: 1D.1). */
const UNIFIED: Readonly<Record<string, Unified>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  '': 'stop',
  length: 'length',
  model_length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  tool_use: 'tool-calls',
  content_filter: 'content-filter',
  safety: 'content-filter',
  refusal: 'content-filter',
  // Z.ai's words.
  sensitive: 'content-filter',
  network_error: 'error',
  error: 'error',
  insufficient_system_resource: 'error',
};

const WORDS: Readonly<Record<Unified, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  // OpenAI has no word for these two; an error is told as one before.
  error: 'stop',
  other: 'stop',
};

/** @param hasToolCalls several servers say `stop` there too */
export function decodeFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
  const unified = UNIFIED[raw.toLowerCase()] ?? 'other';
  return { unified: unified === 'stop' && hasToolCalls ? 'tool-calls' : unified, raw };
}

export function encodeFinishReason(reason: FinishReason): string {
  return WORDS[reason.unified];
}
