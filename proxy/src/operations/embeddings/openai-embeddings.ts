import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asObject } from '../../wire/read-json.ts';
import { openaiShapedPath, withModel } from '../openai-shaped-path.ts';
import type { AnsweredCall, OperationFormat, SideAnswer } from '../operation.ts';
import { inputUsage } from '../side-usage.ts';
import { wantsBase64 } from './embeddings-answer.ts';
import { packFloats, unpackFloats } from './pack-floats.ts';

/** OpenAI's embeddings: the bytes pass through both ways unless the vendor ignores `encoding_format`. */
export const openaiEmbeddings: OperationFormat = {
  path: (provider, model) => {
    const own = provider.paths?.embeddings;
    return own === undefined ? openaiShapedPath(provider, '/embeddings', model) : provider.basePath + withModel(own, model);
  },
  decodeAnswer: readOpenaiEmbeddings,
  passesMedia: false,
};

/** An answer in OpenAI's shape; floats are packed where the caller asked for base64. */
export function readOpenaiEmbeddings(answer: JsonObject, call: AnsweredCall): SideAnswer {
  const data = asArray(answer['data']);
  if (data === undefined || data.length === 0 || !data.every(isEmbedding))
    return { type: 'invalid', message: 'the answer has no embeddings' };
  const told = asObject(answer['usage']);
  const promptTokens = asCount(told?.['prompt_tokens']) ?? asCount(told?.['total_tokens']);
  const usage = inputUsage(promptTokens);
  const encoded = reencode(data, wantsBase64(call.body));
  // SDKs read `usage.prompt_tokens`; Voyage and Jina leave it out.
  const completes = promptTokens !== undefined && told?.['prompt_tokens'] === undefined;
  if (encoded === undefined && !completes) return { type: 'answer', usage };
  const body = { ...answer, data: encoded ?? data, ...(completes && { usage: { ...told, prompt_tokens: promptTokens } }) };
  return { type: 'answer', body, usage };
}

function isEmbedding(item: Json): boolean {
  const embedding = asObject(item)?.['embedding'];
  return typeof embedding === 'string' || Array.isArray(embedding);
}

/** Vectors in the encoding that was asked for, or undefined where nothing has to change: many vendors know one only. */
function reencode(data: readonly Json[], base64: boolean): readonly Json[] | undefined {
  let changed = false;
  const encoded = data.map((item): Json => {
    const entry = asObject(item);
    const embedding = entry?.['embedding'];
    const numbers = asArray(embedding);
    if (base64 ? numbers === undefined : typeof embedding !== 'string') return item;
    changed = true;
    return { ...entry, embedding: numbers === undefined ? unpackFloats(String(embedding)) : packFloats(numbers) };
  });
  return changed ? encoded : undefined;
}
