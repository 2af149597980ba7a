import type { ContentPart, MediaSource } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { sourceFromUrl } from '../data-url.ts';
import type { Problems } from '../problems.ts';

/** `content` of a message or `output` of a call: a string or a list of parts. */
export function decodeContent(content: Json | undefined, at: string, problems: Problems): readonly ContentPart[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = asArray(content);
  if (parts === undefined) problems.add(at, 'must be a string or an array of parts');
  return (parts ?? []).map((item, index) => decodePart(asObject(item) ?? {}, `${at}[${index}]`, problems));
}

function decodePart(part: JsonObject, at: string, problems: Problems): ContentPart {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      if (typeof part['text'] !== 'string') problems.add(`${at}.text`, 'must be a string');
      return { type: 'text', text: asString(part['text']) ?? '' };
    case 'input_image': {
      const source = imageSource(part);
      if (source === undefined) problems.add(at, 'needs image_url or file_id');
      const detail = asString(part['detail']);
      return { type: 'image', source: source ?? { type: 'url', url: '' }, ...defined({ detail: detail === 'auto' ? undefined : detail }) };
    }
    case 'input_file': {
      const source = fileSource(part);
      if (source === undefined) problems.add(at, 'needs file_id, file_data or file_url');
      return { type: 'file', source: source ?? { type: 'file-id', id: '' }, ...defined({ filename: asString(part['filename']) }) };
    }
    case 'input_audio': {
      const audio = asObject(part['input_audio']);
      const data = asString(audio?.['data']);
      if (data === undefined) problems.add(`${at}.input_audio.data`, 'is required');
      return { type: 'audio', data: data ?? '', format: asString(audio?.['format']) ?? 'wav' };
    }
    default:
      if (typeof part['type'] !== 'string') problems.add(`${at}.type`, 'is required');
      return { type: 'other', dialect: 'openai-responses', value: part };
  }
}

function imageSource(part: JsonObject): MediaSource | undefined {
  const id = asString(part['file_id']);
  if (id !== undefined) return { type: 'file-id', id };
  const url = asString(part['image_url']);
  return url === undefined ? undefined : sourceFromUrl(url);
}

function fileSource(part: JsonObject): MediaSource | undefined {
  const id = asString(part['file_id']);
  if (id !== undefined) return { type: 'file-id', id };
  const url = asString(part['file_url']);
  if (url !== undefined) return { type: 'url', url };
  const data = asString(part['file_data']);
  if (data === undefined) return undefined;
  const source = sourceFromUrl(data);
  return source.type === 'base64' ? source : { type: 'base64', mediaType: 'application/pdf', data };
}
