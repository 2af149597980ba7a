import type { ContentPart, Placed } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { dataUrl, isVideo } from '../data-url.ts';
import { documentName } from '../document-name.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';

/** Content parts in OpenAI's spelling, in order, without those that it cannot carry. */
export function encodeParts(parts: readonly ContentPart[], message: Placed, losses: Losses): readonly JsonObject[] {
  return parts.flatMap((part, index) => {
    const path = partPath(message, index);
    const encoded = encodePart(part, path, losses);
    if (encoded === undefined) return [];
    if (part.type === 'other') return [encoded];
    losses.addOpaque(foreignFields(part.opaque, 'openai-chat'), path, 'OpenAI');
    return [{ ...encoded, ...ownFields(part.opaque, 'openai-chat') }];
  });
}

function encodePart(part: ContentPart, path: string, losses: Losses): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return encodeImage(part);
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } };
    case 'file':
      return encodeFile(part, path, losses);
    case 'other':
      if (part.dialect === 'openai-chat') return part.value;
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
      return undefined;
  }
}

function encodeImage(part: Extract<ContentPart, { readonly type: 'image' }>): JsonObject {
  const { source } = part;
  const detail = part.detail === undefined ? {} : { detail: part.detail };
  switch (source.type) {
    case 'url':
      return { type: 'image_url', image_url: { url: source.url, ...detail } };
    case 'base64':
      return { type: 'image_url', image_url: { url: dataUrl(source.mediaType, source.data), ...detail } };
    case 'file-id':
      return { type: 'file', file: { file_id: source.id } };
    case 'text':
      return { type: 'text', text: source.text };
  }
}

function encodeFile(part: Extract<ContentPart, { readonly type: 'file' }>, path: string, losses: Losses): JsonObject | undefined {
  const { source, filename } = part;
  const named = filename === undefined ? {} : { filename };
  switch (source.type) {
    case 'base64':
      if (isVideo(source)) return { type: 'video_url', video_url: { url: dataUrl(source.mediaType, source.data) } };
      return {
        type: 'file',
        file: { filename: documentName(filename, source.mediaType), file_data: dataUrl(source.mediaType, source.data) },
      };
    case 'file-id':
      return { type: 'file', file: { file_id: source.id, ...named } };
    case 'text':
      if (filename !== undefined) losses.add(`${path}.title`, 'the document is sent as text');
      return { type: 'text', text: source.text };
    case 'url':
      if (isVideo(source)) return { type: 'video_url', video_url: { url: source.url } };
      losses.add(path, 'OpenAI chat completions take no documents by address');
      return undefined;
  }
}
