import type { FinishReason } from '../../wire/stream-event.ts';

type Unified = FinishReason['unified'];

/** Google's words (reference: 1C-2, 1D.1). */
const UNIFIED: ReadonlyMap<string, Unified> = new Map<string, Unified>([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
  ['MALFORMED_FUNCTION_CALL', 'error'],
  ['MALFORMED_RESPONSE', 'error'],
  ['UNEXPECTED_TOOL_CALL', 'error'],
  ['TOO_MANY_TOOL_CALLS', 'error'],
  ['MISSING_THOUGHT_SIGNATURE', 'error'],
]);

/** Reasons without a verdict: with content the answer stands, without it there is none. */
const UNDECIDED = new Set(['OTHER', 'LANGUAGE', 'NO_IMAGE', 'IMAGE_OTHER', 'FINISH_REASON_UNSPECIFIED']);

const WORDS: Readonly<Record<Unified, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  error: 'OTHER',
  other: 'OTHER',
};

export interface CandidateContent {
  readonly hasCalls: boolean;
  readonly hasContent: boolean;
}

/** Gemini says STOP where it calls functions, too. */
export function decodeFinishReason(raw: string, content: CandidateContent): FinishReason {
  const unified = UNDECIDED.has(raw) && !content.hasContent ? 'error' : (UNIFIED.get(raw) ?? 'other');
  return { unified: unified === 'stop' && content.hasCalls ? 'tool-calls' : unified, raw };
}

export function encodeFinishReason(reason: FinishReason | undefined): string {
  if (reason === undefined) return 'STOP';
  return UNIFIED.has(reason.raw) || UNDECIDED.has(reason.raw) ? reason.raw : WORDS[reason.unified];
}
