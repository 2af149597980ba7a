import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asObject } from '../../wire/read-json.ts';
import { carry } from '../carry-fields.ts';
import type { EncodedCall, OperationFormat } from '../operation.ts';
import { embeddingsAnswer } from './embeddings-answer.ts';
import { refuseTokens } from './refuse-tokens.ts';
import { textInputs } from './text-inputs.ts';

const KNOWN = ['model', 'input', 'dimensions', 'encoding_format', 'task_type', 'title'];

/**
 * Vertex AI's `predict` (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api), and
 * `embedContent` for models that have that instead.
 */
export const vertexEmbeddings: OperationFormat = {
  path: ({ basePath }, model) => `${basePath}/models/${encodeURIComponent(model)}:${hasEmbedContent(model) ? 'embedContent' : 'predict'}`,
  encodeCall: (body, model): EncodedCall => {
    const texts = textInputs(body);
    if (texts === undefined) return refuseTokens('Vertex AI');
    const { fields, losses } = carry({ ...body, model }, KNOWN, 'Vertex AI does not take it');
    if (!hasEmbedContent(model)) return { type: 'ok', losses, body: predictBody(texts, fields) };
    const [text] = texts;
    if (text === undefined || texts.length > 1) return { type: 'refused', message: `'${model}' embeds one text at a time`, param: 'input' };
    return { type: 'ok', losses, body: embedContentBody(text, fields) };
  },
  decodeAnswer: (answer, call) => {
    const only = asObject(answer['embedding'])?.['values'];
    if (only !== undefined) return embeddingsAnswer([only], call, asCount(asObject(answer['usageMetadata'])?.['promptTokenCount']));
    const found = (asArray(answer['predictions']) ?? []).map((item) => asObject(asObject(item)?.['embeddings']));
    const counts = found.map((item) => asCount(asObject(item?.['statistics'])?.['token_count']));
    const vectors: readonly (Json | undefined)[] = found.map((item) => item?.['values']);
    return embeddingsAnswer(vectors, call, counts.includes(undefined) ? undefined : counts.reduce<number>((sum, n) => sum + (n ?? 0), 0));
  },
  passesMedia: false,
};

/** Every Gemini model since the second, and those that Google hosts for others: so Google's own SDKs tell them apart. */
export function hasEmbedContent(model: string): boolean {
  return (model.includes('gemini') && model !== 'gemini-embedding-001') || model.includes('maas');
}

function predictBody(texts: readonly string[], { task_type: task, title, dimensions }: JsonObject): JsonObject {
  const said = { ...(task !== undefined && { task_type: task }), ...(title !== undefined && { title }) };
  const instances = texts.map((content) => ({ content, ...said }));
  return { instances, ...(dimensions !== undefined && { parameters: { outputDimensionality: dimensions } }) };
}

function embedContentBody(text: string, { task_type: task, title, dimensions }: JsonObject): JsonObject {
  const settings = Object.entries({ taskType: task, title, outputDimensionality: dimensions }).filter(([, value]) => value !== undefined);
  const content = { parts: [{ text }] };
  return settings.length === 0 ? { content } : { content, embedContentConfig: Object.fromEntries(settings) };
}
