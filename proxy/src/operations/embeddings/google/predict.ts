import { camelMembers } from '../../../dialects/gemini/camel-case.ts';
import type { Json, JsonObject } from '../../../wire/json.ts';
import { asArray, asCount, asObject, asString } from '../../../wire/read-json.ts';
import type { EmbedMethod } from './embed-method.ts';

/** Vertex AI's way (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api). */
export const predict: EmbedMethod = {
  name: 'predict',
  readRequests: (body) => {
    const parameters = camelMembers(asObject(body['parameters']) ?? {});
    return (asArray(body['instances']) ?? []).map((instance) => {
      const { content, ...settings } = camelMembers(asObject(instance) ?? {});
      return { text: asString(content), settings: { ...settings, ...parameters } };
    });
  },
  renameModel: ({ model: _fromPath, ...body }) => body,
  readVectors: (answer) => embeddingsOf(answer).map((item) => item?.['values']),
  readTokens: (answer) => {
    const counts = embeddingsOf(answer).map((item) => asCount(asObject(item?.['statistics'])?.['token_count']));
    return counts.includes(undefined) ? undefined : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  },
  // Tokens are told per text here, and other vendors tell them per call: the first one has them all.
  writeAnswer: (vectors, promptTokens) => ({
    predictions: vectors.map((values, index): Json => ({ embeddings: { values, ...statistics(index, promptTokens) } })),
  }),
};

function embeddingsOf(answer: JsonObject): readonly (JsonObject | undefined)[] {
  return (asArray(answer['predictions']) ?? []).map((item) => asObject(asObject(item)?.['embeddings']));
}

function statistics(index: number, promptTokens: number | undefined): JsonObject {
  return promptTokens === undefined ? {} : { statistics: { token_count: index === 0 ? promptTokens : 0 } };
}
