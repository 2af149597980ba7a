import type { ContentPart, MediaSource, Placed } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';
import { isVideo, registeredMediaType, textFromBase64 } from '../data-url.ts';
import type { Losses } from '../losses.ts';
import { ownFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';
import { WHOLE_BLOCK } from './decode-blocks.ts';
import { addForeign, marks } from './marks.ts';

/** Input content in Anthropic's blocks, in order. A text is left out only if it is empty and not alone. */
export function encodeContent(parts: readonly ContentPart[], message: Placed, losses: Losses): readonly JsonObject[] {
  return parts.flatMap((part, index) => {
    const whole = part.type === 'file' ? asObject(ownFields(part.opaque, 'anthropic-messages')[WHOLE_BLOCK]) : undefined;
    if (whole !== undefined) return [whole];
    if (part.type === 'text' && part.text === '' && parts.length > 1) return [];
    const path = partPath(message, index);
    const block = encodeBlock(part, path, losses);
    if (block === undefined) return [];
    if (part.type === 'other') return [block];
    addForeign(part.opaque, path, losses);
    return [{ ...block, ...marks(part.opaque) }];
  });
}

function encodeBlock(part: ContentPart, path: string, losses: Losses): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') losses.add(`${path}.image_url.detail`, 'Anthropic has no counterpart');
      return { type: 'image', source: encodeSource(part.source) };
    case 'audio':
      losses.add(path, 'Anthropic takes no audio');
      return undefined;
    case 'file':
      return encodeDocument(part, path, losses);
    case 'other':
      if (part.dialect === 'anthropic-messages') return part.value;
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
      return undefined;
  }
}

function encodeSource(source: MediaSource): JsonObject {
  switch (source.type) {
    case 'url':
      return { type: 'url', url: source.url };
    case 'base64':
      return { type: 'base64', media_type: registeredMediaType(source.mediaType), data: source.data };
    case 'file-id':
      return { type: 'file', file_id: source.id };
    case 'text':
      return { type: 'text', media_type: source.mediaType, data: source.text };
  }
}

/** PDFs as they are; text files as text; Anthropic has no other documents. */
function encodeDocument(part: Extract<ContentPart, { readonly type: 'file' }>, path: string, losses: Losses): JsonObject | undefined {
  const source = textual(part.source);
  if (source === undefined) {
    losses.add(path, 'Anthropic takes PDF and text documents only');
    return undefined;
  }
  return { type: 'document', source: encodeSource(source), ...(part.filename !== undefined && { title: part.filename }) };
}

function textual(source: MediaSource): MediaSource | undefined {
  if (isVideo(source)) return undefined;
  if (source.type !== 'base64' || source.mediaType === 'application/pdf') return source;
  if (!/^text\/|^application\/(?:json|xml|yaml|x-ndjson)$/.test(source.mediaType)) return undefined;
  const text = textFromBase64(source.data);
  return text === undefined ? undefined : { type: 'text', mediaType: 'text/plain', text };
}
