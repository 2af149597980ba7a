import type { ContentPart, MediaSource } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';

/** Where a part keeps the block that it was made of; the name its loss goes by. */
export const WHOLE_BLOCK = 'blocks';

type TextPart = Extract<ContentPart, { readonly type: 'text' }>;

/** A string or a list of blocks. */
export function decodeBlocks(content: Json, path: string, problems: Problems): readonly ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const blocks = asArray(content);
  if (blocks === undefined) problems.add(path, 'must be a string or an array of content blocks');
  return (blocks ?? []).map((item, index) => decodeBlock(item, `${path}[${index}]`, problems));
}

/** One block of input content. */
export function decodeBlock(item: Json, path: string, problems: Problems): ContentPart {
  const block = asObject(item);
  switch (block?.['type']) {
    case 'text':
      return decodeText(block, path, problems);
    case 'image': {
      const { type: _type, source, ...extra } = block;
      const read = decodeSource(asObject(source) ?? {});
      if (read === undefined) problems.add(`${path}.source`, 'must be base64, url or file');
      return { type: 'image', source: read ?? { type: 'url', url: '' }, ...defined({ opaque: opaqueFor('anthropic-messages', extra) }) };
    }
    case 'document': {
      const { type: _type, source, title, ...extra } = block;
      const read = decodeSource(asObject(source) ?? {});
      if (read === undefined) return decodeTexts(block, asObject(source)?.['content']);
      return {
        type: 'file',
        source: read,
        ...defined({ filename: asString(title), opaque: opaqueFor('anthropic-messages', withoutNulls(extra)) }),
      };
    }
    case 'search_result':
      return decodeTexts(block, block['content']);
    default:
      if (typeof block?.['type'] !== 'string') problems.add(`${path}.type`, 'is required');
      return { type: 'other', dialect: 'anthropic-messages', value: block ?? {} };
  }
}

/**
 * A block made of blocks (a search result, a document of chunks): a text document for dialects without such a thing,
 * whole for Anthropic's.
 */
function decodeTexts(block: JsonObject, content: Json | undefined): ContentPart {
  const texts = (asArray(content) ?? []).flatMap((item) => asString(asObject(item)?.['text']) ?? []);
  if (texts.length === 0) return { type: 'other', dialect: 'anthropic-messages', value: block };
  const filename = asString(block['title']);
  const source: MediaSource = { type: 'text', mediaType: 'text/plain', text: texts.join('\n') };
  return { type: 'file', source, ...defined({ filename }), opaque: { 'anthropic-messages': { [WHOLE_BLOCK]: block } } };
}

export function decodeText(block: JsonObject, path: string, problems: Problems): TextPart {
  const { type: _type, text, ...extra } = block;
  if (typeof text !== 'string') problems.add(`${path}.text`, 'must be a string');
  return { type: 'text', text: asString(text) ?? '', ...defined({ opaque: opaqueFor('anthropic-messages', withoutNulls(extra)) }) };
}

/** undefined for `content` sources, which are blocks themselves, and for what is not known. */
function decodeSource(source: JsonObject): MediaSource | undefined {
  const data = asString(source['data']);
  const mediaType = asString(source['media_type']);
  if (source['type'] === 'base64' && data !== undefined)
    return { type: 'base64', mediaType: mediaType ?? 'application/octet-stream', data };
  if (source['type'] === 'text' && data !== undefined) return { type: 'text', mediaType: mediaType ?? 'text/plain', text: data };
  const url = asString(source['url']);
  if (source['type'] === 'url' && url !== undefined) return { type: 'url', url };
  const id = asString(source['file_id']);
  return source['type'] === 'file' && id !== undefined ? { type: 'file-id', id } : undefined;
}

/** Answers that are sent back carry `citations: null` and the like. */
function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
