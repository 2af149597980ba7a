import type { ContentPart, MediaSource, Placed } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { registeredMediaType } from '../data-url.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { partPath } from '../part-path.ts';
import { DIALECT } from './thought-signature.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  mp4: 'video/mp4',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
};

/** Content parts in Gemini's spelling, in order, without those that it cannot carry. */
export function encodeParts(parts: readonly ContentPart[], message: Placed, losses: Losses): readonly JsonObject[] {
  const encoded = parts.flatMap((part, index) => {
    const path = partPath(message, index);
    const own = encodePart(part, path, losses);
    if (own === undefined) return [];
    if (part.type === 'other') return [own];
    losses.addOpaque(foreignFields(part.opaque, DIALECT), path, 'Gemini');
    return [{ ...own, ...ownFields(part.opaque, DIALECT) }];
  });
  const telling = encoded.filter((part) => part['text'] !== '');
  return telling.length > 0 ? telling : encoded.slice(0, 1);
}

function encodePart(part: ContentPart, path: string, losses: Losses): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { text: part.text };
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') losses.add(`${path}.detail`, 'Gemini has one resolution for all images');
      return encodeSource(part.source, 'image/jpeg', path, losses);
    case 'audio':
      return { inlineData: { mimeType: `audio/${part.format}`, data: part.data } };
    case 'file':
      if (part.filename !== undefined) losses.add(`${path}.filename`, 'Gemini takes no names of documents');
      return encodeSource(part.source, 'application/pdf', path, losses);
    case 'other':
      if (part.dialect === DIALECT) return part.value;
      losses.add(path, `${asString(part.value['type']) ?? 'this part'} is known to ${part.dialect} only`);
      return undefined;
  }
}

/** @param usual the type of an address that does not show what is behind it */
function encodeSource(source: MediaSource, usual: string, path: string, losses: Losses): JsonObject | undefined {
  switch (source.type) {
    case 'base64':
      return { inlineData: { mimeType: registeredMediaType(source.mediaType), data: source.data } };
    case 'url':
      return { fileData: { fileUri: source.url, mimeType: source.mediaType ?? mediaTypeOf(source.url) ?? usual } };
    case 'text':
      return { text: source.text };
    case 'file-id':
      losses.add(path, 'the file is in the store of another vendor');
      return undefined;
  }
}

function mediaTypeOf(url: string): string | undefined {
  const extension = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(url.slice(-2000))?.[1];
  return extension === undefined ? undefined : MEDIA_TYPES[extension.toLowerCase()];
}
