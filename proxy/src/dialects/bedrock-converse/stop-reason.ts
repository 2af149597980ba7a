import type { FinishReason } from '../../wire/stream-event.ts';

const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

/** Some models say that their turn has ended where they have made calls. */
export function decodeStopReason(raw: string, madeCalls: boolean): FinishReason {
  const unified = UNIFIED[raw] ?? 'other';
  return { unified: unified === 'stop' && madeCalls ? 'tool-calls' : unified, raw };
}
