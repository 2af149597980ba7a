import type { UpstreamDialectId } from '@headgate/crds';

export const VECTOR: readonly number[] = [0.25, -0.5, 1];

export const NO_EMBEDDINGS: readonly UpstreamDialectId[] = [
  'anthropic-messages',
  'anthropic-bedrock',
  'anthropic-vertex',
  'bedrock-converse',
];

/** One embedding for four tokens, as OpenAI's family answers it. */
export function openaiVectors(embedding: unknown): object {
  const data = [{ object: 'embedding', index: 0, embedding }];
  return { object: 'list', data, model: 'upstream-model', usage: { prompt_tokens: 4, total_tokens: 4 } };
}
