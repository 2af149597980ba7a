import { jsonAnswer } from '../../../fakes/provider-answers.ts';
import { type CanonicalAnswer, SIGNATURE, TOKENS } from '../canonical-answer.ts';
import { inPieces, sseOf } from './in-pieces.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

/** Gemini stops with STOP where it calls functions, too. */
const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', 'tool-calls': 'STOP' } as const;
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
};

function partsOf({ reasoning, text, calls }: CanonicalAnswer): object[] {
  return [
    ...reasoning.map((piece) => ({ text: piece, thought: true })),
    ...text.map((piece) => ({ text: piece })),
    // Ids are left out, as Gemini mostly does.
    ...calls.map(({ name, args }) => ({
      functionCall: { name, args: JSON.parse(args.join('')) as object },
      thoughtSignature: SIGNATURE,
    })),
  ];
}

function body(parts: readonly object[], reasoned: boolean, finish?: string): object {
  const thoughts = reasoned ? TOKENS.reasoning : 0;
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...(finish !== undefined && { finishReason: finish }) }],
    usageMetadata: {
      promptTokenCount: TOKENS.input,
      cachedContentTokenCount: TOKENS.cached,
      candidatesTokenCount: TOKENS.output - thoughts,
      ...(reasoned && { thoughtsTokenCount: thoughts }),
      totalTokenCount: TOKENS.input + TOKENS.output,
    },
    modelVersion: 'upstream-model',
    responseId: 'r1',
  };
}

export const gemini: UpstreamScripts = {
  provider: { dialect: 'gemini', auth: { type: 'Header', name: 'x-goog-api-key' }, basePath: '/v1beta' },
  tells: { cached: true, reasoningTokens: true, partialCalls: false },
  state: SIGNATURE,
  blocking: (answer) => jsonAnswer(200, body(partsOf(answer), answer.reasoning.length > 0, FINISH[answer.finish])),
  stream: (answer) => {
    const reasoned = answer.reasoning.length > 0;
    const parts = partsOf(answer);
    const chunks = parts.map((part, i) => body([part], reasoned, i === parts.length - 1 ? FINISH[answer.finish] : undefined));
    return inPieces('text/event-stream', sseOf(chunks, '\r\n'));
  },
  embeddings: (vector) => ({ embeddings: [{ values: vector }] }),
  failure: (status, message) => jsonAnswer(status, { error: { code: status, message, status: STATUSES[status] ?? 'UNKNOWN' } }),
};
