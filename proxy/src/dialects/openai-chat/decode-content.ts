import type { ContentPart, MediaSource } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { sourceFromUrl } from '../data-url.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';

/** `content` of any message: a string, a list of parts, or nothing. */
export function decodeContent(content: Json | undefined, path: string, problems: Problems): readonly ContentPart[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = asArray(content);
  if (parts === undefined) {
    problems.add(path, 'must be a string or an array of content parts');
    return [];
  }
  return parts.flatMap((item, index) => {
    const part = typeof item === 'string' ? { type: 'text', text: item } : asObject(item);
    if (part !== undefined) return decodePart(part, `${path}[${index}]`, problems);
    problems.add(`${path}[${index}]`, 'must be an object');
    return [];
  });
}

function decodePart(part: JsonObject, path: string, problems: Problems): ContentPart {
  const { type, ...members } = part;
  switch (type) {
    case 'text': {
      const { text, ...extra } = members;
      if (typeof text !== 'string') problems.add(`${path}.text`, 'must be a string');
      return { type: 'text', text: asString(text) ?? '', ...defined({ opaque: opaqueFor('openai-chat', extra) }) };
    }
    case 'image_url':
      return decodeImage(members, path, problems);
    case 'input_audio':
      return decodeAudio(members, path, problems);
    case 'file':
      return decodeFile(members, path, problems);
    case 'video_url':
    case 'document_url':
      return decodeAddress(type, members, path, problems);
    default:
      if (typeof type !== 'string') problems.add(`${path}.type`, 'is required');
      return { type: 'other', dialect: 'openai-chat', value: part };
  }
}

function decodeImage(members: JsonObject, path: string, problems: Problems): ContentPart {
  const { image_url: image, ...extra } = members;
  const url = asString(image) ?? asString(asObject(image)?.['url']);
  if (url === undefined) problems.add(`${path}.image_url.url`, 'is required');
  const detail = asString(asObject(image)?.['detail']);
  return { type: 'image', source: sourceFromUrl(url ?? ''), ...defined({ detail, opaque: opaqueFor('openai-chat', extra) }) };
}

function decodeAudio(members: JsonObject, path: string, problems: Problems): ContentPart {
  const { input_audio: audio, ...extra } = members;
  const data = asString(asObject(audio)?.['data']);
  const format = asString(asObject(audio)?.['format']);
  if (data === undefined) problems.add(`${path}.input_audio.data`, 'is required');
  return { type: 'audio', data: data ?? '', format: format ?? 'wav', ...defined({ opaque: opaqueFor('openai-chat', extra) }) };
}

function decodeFile(members: JsonObject, path: string, problems: Problems): ContentPart {
  const { file: body, ...extra } = members;
  const file = asObject(body);
  const filename = asString(file?.['filename']);
  const source = fileSource(asString(file?.['file_id']), asString(file?.['file_data']), filename);
  if (source === undefined) problems.add(`${path}.file`, 'needs file_id or file_data');
  return { type: 'file', source: source ?? { type: 'file-id', id: '' }, ...defined({ filename, opaque: opaqueFor('openai-chat', extra) }) };
}

/** Video as OpenRouter and vLLM take it, documents as Mistral does: `{url}` or the address itself. */
function decodeAddress(type: 'video_url' | 'document_url', members: JsonObject, path: string, problems: Problems): ContentPart {
  const { [type]: address, document_name: name, ...extra } = members;
  const url = asString(address) ?? asString(asObject(address)?.['url']);
  if (url === undefined) problems.add(`${path}.${type}.url`, 'is required');
  const source = sourceFromUrl(url ?? '');
  const video = type === 'video_url' && source.type === 'url' ? { mediaType: videoType(source.url) } : {};
  return {
    type: 'file',
    source: { ...source, ...video },
    ...defined({ filename: asString(name), opaque: opaqueFor('openai-chat', extra) }),
  };
}

const VIDEO_TYPES: Readonly<Record<string, string>> = { webm: 'video/webm', mov: 'video/quicktime', mkv: 'video/x-matroska' };

function videoType(url: string): string {
  const extension = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(url.slice(-2000))?.[1] ?? '';
  return VIDEO_TYPES[extension.toLowerCase()] ?? 'video/mp4';
}

/** `file_data` is a data URL by the documentation; bare base64 and (at OpenRouter) web addresses are in use too. */
function fileSource(id: string | undefined, data: string | undefined, filename: string | undefined): MediaSource | undefined {
  if (id !== undefined) return { type: 'file-id', id };
  if (data === undefined) return undefined;
  const source = sourceFromUrl(data);
  if (source.type === 'base64' || /^https?:/i.test(data)) return source;
  return { type: 'base64', mediaType: mediaTypeOf(filename), data };
}

function mediaTypeOf(filename: string | undefined): string {
  return /\.(?:txt|md|csv)$/i.test(filename ?? '') ? 'text/plain' : 'application/pdf';
}
