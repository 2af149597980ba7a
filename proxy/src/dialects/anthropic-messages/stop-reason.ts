import type { FinishReason } from '../../wire/stream-event.ts';

type Unified = FinishReason['unified'];

/** Reference: 1D.1. */
const UNIFIED: Readonly<Record<string, Unified>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  compaction: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

const WORDS: Readonly<Record<Unified, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  error: 'end_turn',
  other: 'end_turn',
};

export function decodeStopReason(raw: string): FinishReason {
  return { unified: UNIFIED[raw] ?? 'other', raw };
}

/** `stop_sequence` only where the sequence is known, since the SDKs' types promise it then. */
export function encodeStopReason(reason: FinishReason | undefined, stopSequence: string | undefined): string {
  if (reason === undefined) return 'end_turn';
  if (reason.unified === 'stop' && stopSequence !== undefined) return 'stop_sequence';
  return WORDS[reason.unified];
}
