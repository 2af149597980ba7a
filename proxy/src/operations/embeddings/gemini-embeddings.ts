import { asArray, asCount, asObject } from '../../wire/read-json.ts';
import { carry } from '../carry-fields.ts';
import type { OperationFormat } from '../operation.ts';
import { embeddingsAnswer } from './embeddings-answer.ts';
import { refuseTokens } from './refuse-tokens.ts';
import { textInputs } from './text-inputs.ts';

/** `encoding_format` is honoured when the answer is written. */
const KNOWN = ['model', 'input', 'dimensions', 'encoding_format', 'task_type', 'title'];

/** Gemini's `batchEmbedContents`: one request per text (https://ai.google.dev/api/embeddings). */
export const geminiEmbeddings: OperationFormat = {
  path: ({ basePath }, model) => `${basePath}/${resourceName(model)}:batchEmbedContents`,
  encodeCall: (body, model) => {
    const texts = textInputs(body);
    if (texts === undefined) return refuseTokens('Gemini');
    const { fields, losses } = carry(body, KNOWN, 'Gemini does not take it');
    const settings = {
      ...(fields['dimensions'] !== undefined && { outputDimensionality: fields['dimensions'] }),
      ...(fields['task_type'] !== undefined && { taskType: fields['task_type'] }),
      ...(fields['title'] !== undefined && { title: fields['title'] }),
    };
    const requests = texts.map((text) => ({ model: resourceName(model), content: { parts: [{ text }] }, ...settings }));
    return { type: 'ok', losses, body: { requests } };
  },
  decodeAnswer: (answer, call) => {
    const vectors = (asArray(answer['embeddings']) ?? []).map((item) => asObject(item)?.['values']);
    return embeddingsAnswer(vectors, call, asCount(asObject(answer['usageMetadata'])?.['promptTokenCount']));
  },
  passesMedia: false,
};

/** Tuned models have a collection of their own in their names. */
export function resourceName(model: string): string {
  return model.includes('/') ? model : `models/${model}`;
}
