import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';

/**
 * What of an account's files and batches is whose: the provider itself keeps a mark of the owner with each, since Headgate
 * remembers nothing. A file has it in front of its name, a batch among its metadata; neither is shown to callers.
 */

const METADATA_KEY = 'headgate_owner';
/** https://platform.openai.com/docs/api-reference/batch/create: one place of them is Headgate's. */
const MAX_METADATA = 16;

/** In front of the name of a file. */
export function fileNamePrefix(mark: string): string {
  return `hg-${mark}-`;
}

/** The call for a batch with the owner's mark. One that leaves no place for it goes without: such a batch is in no list. */
export function markBatch(call: JsonObject, mark: string): JsonObject {
  const metadata = call['metadata'] ?? {};
  const own = asObject(metadata);
  if (own === undefined || (Object.keys(own).length >= MAX_METADATA && !(METADATA_KEY in own))) return call;
  return { ...call, metadata: { ...own, [METADATA_KEY]: mark } };
}

export function isMarked(document: JsonObject, mark: string): boolean {
  const name = asString(document['filename']);
  if (name !== undefined) return name.startsWith(fileNamePrefix(mark));
  return asObject(document['metadata'])?.[METADATA_KEY] === mark;
}

/** The document of a file or batch as its owner knows it. */
export function withoutMark(document: JsonObject, mark: string): JsonObject {
  const name = asString(document['filename']);
  const prefix = fileNamePrefix(mark);
  if (name?.startsWith(prefix) === true) return { ...document, filename: name.slice(prefix.length) };
  const metadata = asObject(document['metadata']);
  return metadata !== undefined && METADATA_KEY in metadata ? { ...document, metadata: unmarked(metadata) } : document;
}

/** OpenAI tells a batch without metadata as null. */
function unmarked({ [METADATA_KEY]: _mark, ...rest }: JsonObject): Json {
  return Object.keys(rest).length === 0 ? null : rest;
}

/** The same for words about a file: errors of a provider, the name to save it under. */
export function unmarkedText(text: string, mark: string): string {
  return text.replaceAll(fileNamePrefix(mark), '');
}
