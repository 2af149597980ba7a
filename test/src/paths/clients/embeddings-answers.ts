import type { UpstreamDialectId } from '@headgate/crds';
import { allBut } from './all-but.ts';

export const VECTOR: readonly number[] = [0.25, -0.5, 1];

export const NO_EMBEDDINGS: readonly UpstreamDialectId[] = allBut('openai-chat', 'openai-responses', 'gemini', 'cohere', 'ollama');

/** One embedding for four tokens, as OpenAI's family answers it. */
export function openaiVectors(embedding: unknown): object {
  const data = [{ object: 'embedding', index: 0, embedding }];
  return { object: 'list', data, model: 'upstream-model', usage: { prompt_tokens: 4, total_tokens: 4 } };
}
