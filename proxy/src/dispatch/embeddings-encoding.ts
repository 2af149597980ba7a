import type { Json, JsonObject } from '../wire/json.ts';
import { asArray, asObject } from '../wire/read-json.ts';

/**
 * Embeddings in the encoding that was asked for: OpenAI's SDKs ask for base64 (of little-endian 32-bit floats) by
 * default and read whatever comes as that, while many vendors know numbers only.
 * @returns the changed answer, or undefined where nothing has to change
 */
export function encodeEmbeddings(answer: JsonObject, wanted: Json | undefined): JsonObject | undefined {
  const data = asArray(answer['data']) ?? [];
  let changed = false;
  const encoded = data.map((item): Json => {
    const entry = asObject(item);
    const embedding = entry?.['embedding'];
    const numbers = asArray(embedding);
    const convert = wanted === 'base64' ? numbers !== undefined : typeof embedding === 'string';
    if (entry === undefined || !convert) return item;
    changed = true;
    return { ...entry, embedding: numbers === undefined ? toNumbers(String(embedding)) : toBase64(numbers) };
  });
  return changed ? { ...answer, data: encoded } : undefined;
}

const FLOAT_BYTES = 4;

function toBase64(numbers: readonly Json[]): string {
  const bytes = Buffer.alloc(numbers.length * FLOAT_BYTES);
  for (const [i, value] of numbers.entries()) bytes.writeFloatLE(typeof value === 'number' ? value : 0, i * FLOAT_BYTES);
  return bytes.toString('base64');
}

function toNumbers(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: Math.floor(bytes.length / FLOAT_BYTES) }, (_, i) => bytes.readFloatLE(i * FLOAT_BYTES));
}
