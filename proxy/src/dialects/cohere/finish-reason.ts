import type { FinishReason } from '../../wire/stream-event.ts';

/** Cohere's words (reference: 1C-4); ERROR_TOXIC and ERROR_LIMIT are of version 1. */
const UNIFIED: ReadonlyMap<string, FinishReason['unified']> = new Map([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['ERROR_LIMIT', 'length'],
  ['TOOL_CALL', 'tool-calls'],
  ['ERROR_TOXIC', 'content-filter'],
  ['ERROR', 'error'],
  ['TIMEOUT', 'error'],
]);

export function decodeFinishReason(raw: string, hasCalls: boolean): FinishReason {
  const unified = raw === '' ? 'stop' : (UNIFIED.get(raw) ?? 'other');
  return { unified: unified === 'stop' && hasCalls ? 'tool-calls' : unified, raw };
}
