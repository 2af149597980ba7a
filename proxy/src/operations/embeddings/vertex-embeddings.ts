import type { Json } from '../../wire/json.ts';
import { asArray, asCount, asObject } from '../../wire/read-json.ts';
import { carry } from '../carry-fields.ts';
import type { OperationFormat } from '../operation.ts';
import { embeddingsAnswer } from './embeddings-answer.ts';
import { refuseTokens } from './refuse-tokens.ts';
import { textInputs } from './text-inputs.ts';

const KNOWN = ['model', 'input', 'dimensions', 'encoding_format', 'task_type', 'title'];

/** Vertex AI's `predict` (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api). */
export const vertexEmbeddings: OperationFormat = {
  path: ({ basePath }, model) => `${basePath}/models/${encodeURIComponent(model)}:predict`,
  encodeCall: (body, model) => {
    const texts = textInputs(body);
    if (texts === undefined) return refuseTokens('Vertex AI');
    const { fields, losses } = carry({ ...body, model }, KNOWN, 'Vertex AI does not take it');
    const { task_type: task, title } = fields;
    const said = { ...(task !== undefined && { task_type: task }), ...(title !== undefined && { title }) };
    const instances = texts.map((content) => ({ content, ...said }));
    const dimensions = fields['dimensions'];
    return {
      type: 'ok',
      losses,
      body: { instances, ...(dimensions !== undefined && { parameters: { outputDimensionality: dimensions } }) },
    };
  },
  decodeAnswer: (answer, call) => {
    const found = (asArray(answer['predictions']) ?? []).map((item) => asObject(asObject(item)?.['embeddings']));
    const counts = found.map((item) => asCount(asObject(item?.['statistics'])?.['token_count']));
    const vectors: readonly (Json | undefined)[] = found.map((item) => item?.['values']);
    return embeddingsAnswer(vectors, call, counts.includes(undefined) ? undefined : counts.reduce<number>((sum, n) => sum + (n ?? 0), 0));
  },
  passesMedia: false,
};
