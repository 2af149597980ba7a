import type { ContentPart, MediaSource, Placed } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { base64FromText, isVideo } from '../data-url.ts';
import type { Losses } from '../losses.ts';
import { partPath } from '../part-path.ts';
import { type DocumentNames, documentFormat } from './documents.ts';
import { cachePointAfter } from './marks.ts';

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const VIDEO_FORMATS: ReadonlySet<string> = new Set(['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp']);
/** Media types whose second half is not the format's name. */
const VIDEO_NAMES: Readonly<Record<string, string>> = {
  quicktime: 'mov',
  'x-matroska': 'mkv',
  'x-flv': 'flv',
  'x-ms-wmv': 'wmv',
  '3gpp': 'three_gp',
};

function videoFormat(source: MediaSource): string | undefined {
  const mediaType = source.type === 'file-id' ? '' : (source.mediaType ?? '');
  const name = mediaType.toLowerCase().split(';')[0]?.trim().slice('video/'.length) ?? '';
  const format = VIDEO_NAMES[name] ?? name;
  return VIDEO_FORMATS.has(format) ? format : undefined;
}

/** Input content in Converse's blocks, in order, with cache points; blank texts are left out, as Bedrock refuses them. */
export function encodeContent(parts: readonly ContentPart[], message: Placed, names: DocumentNames, losses: Losses): readonly JsonObject[] {
  return parts.flatMap((part, index) => {
    const path = partPath(message, index);
    const block = encodePart(part, path, names, losses);
    if (block === undefined) return [];
    return part.type === 'other' ? [block] : [block, ...cachePointAfter(part.opaque, path, losses)];
  });
}

function encodePart(part: ContentPart, path: string, names: DocumentNames, losses: Losses): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? undefined : { text: part.text };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') losses.add(`${path}.image_url.detail`, 'Bedrock has no counterpart');
      return encodeMedia(
        'image',
        part.source,
        part.source.type === 'base64' ? IMAGE_FORMATS[part.source.mediaType] : undefined,
        path,
        losses,
      );
    case 'audio':
      return { audio: { format: part.format, source: { bytes: part.data } } };
    case 'file': {
      if (isVideo(part.source)) return encodeMedia('video', part.source, videoFormat(part.source), path, losses);
      const document = encodeMedia('document', part.source, documentFormat(part.source, part.filename), path, losses);
      const inner = document?.['document'];
      return inner === undefined ? undefined : { document: { ...(inner as JsonObject), name: names.next(part.filename) } };
    }
    case 'other':
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
      return undefined;
  }
}

/** Bedrock fetches nothing but objects in S3. */
function encodeMedia(
  kind: 'image' | 'document' | 'video',
  source: MediaSource,
  format: string | undefined,
  path: string,
  losses: Losses,
): JsonObject | undefined {
  if (source.type === 'file-id' || (source.type === 'url' && !source.url.startsWith('s3://'))) {
    losses.add(path, `Bedrock takes ${kind}s as data or from S3, not by URL or file id`);
    return undefined;
  }
  const known = format ?? (source.type === 'url' ? /\.([a-z0-9]+)$/i.exec(source.url)?.[1]?.toLowerCase() : undefined);
  if (known === undefined) {
    losses.add(path, `Bedrock does not take ${kind}s of this type`);
    return undefined;
  }
  switch (source.type) {
    case 'url':
      return { [kind]: { format: known === 'jpg' ? 'jpeg' : known, source: { s3Location: { uri: source.url } } } };
    case 'base64':
      return { [kind]: { format: known, source: { bytes: source.data } } };
    case 'text':
      return { [kind]: { format: known, source: { bytes: base64FromText(source.text) } } };
  }
}
