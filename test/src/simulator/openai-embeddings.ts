import { type JsonObject, type JsonValue, listOf, numberOf, stringOf } from './json.ts';
import { countTokens } from './tokens.ts';

const DEFAULT_DIMENSIONS = 256;
const MAX_DIMENSIONS = 4096;

export type EmbeddingsAnswer =
  | { readonly type: 'answer'; readonly body: JsonObject }
  | { readonly type: 'invalid'; readonly message: string };

/** OpenAI `/v1/embeddings`: floats, or base64 of little-endian float32 when `encoding_format` asks for it. */
export function answerEmbeddings(body: JsonObject): EmbeddingsAnswer {
  const model = stringOf(body['model']);
  const input = body['input'];
  const texts = typeof input === 'string' ? [input] : listOf(input);
  if (model === undefined || model === '') return { type: 'invalid', message: 'you must provide a model parameter' };
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string'))
    return { type: 'invalid', message: "'input' must be a string or a list of strings" };
  const dimensions = numberOf(body['dimensions']) ?? DEFAULT_DIMENSIONS;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS)
    return { type: 'invalid', message: `'dimensions' must be between 1 and ${MAX_DIMENSIONS}` };
  const base64 = body['encoding_format'] === 'base64';
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const data = texts.map((text, index): JsonValue => {
    const vector = embed(text, dimensions);
    return { object: 'embedding', index, embedding: base64 ? toBase64(vector) : Array.from(vector) };
  });
  return { type: 'answer', body: { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } } };
}

/** Unit vector of hashed words: texts that share words are near each other, and the same text is always the same vector. */
export function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const hash = fnv1a(word);
    const slot = hash % dimensions;
    vector[slot] = (vector[slot] ?? 0) + (hash & 0x10000 ? 1 : -1);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** 32-bit FNV-1a over UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString('base64');
}
