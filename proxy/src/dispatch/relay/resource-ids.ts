import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';

/** Members of files and batches (https://platform.openai.com/docs/api-reference/batch/object) that are ids. */
const ID_FIELDS = ['id', 'input_file_id', 'output_file_id', 'error_file_id'] as const;

/** The document with every id put through `change`. */
export function mapIds(document: JsonObject, change: (id: string, field: string) => string): JsonObject {
  const changed: Record<string, Json | undefined> = { ...document };
  for (const field of ID_FIELDS) {
    const id = asString(document[field]);
    if (id !== undefined && id !== '') changed[field] = change(id, field);
  }
  return changed;
}

/** A call without ids of its own: echoed by a provider, what the caller wrote there would become the caller's. */
export function withoutIds(call: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(call).filter(([name]) => !ID_FIELDS.some((field) => field === name)));
}
