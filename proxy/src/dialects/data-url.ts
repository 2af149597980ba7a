import type { MediaSource } from '../wire/chat-call.ts';

/** `data:image/png;base64,...` to a source; any other text is a URL. */
export function sourceFromUrl(url: string): MediaSource {
  const match = /^data:([^;,]*)[^,]{0,200}?;base64,/i.exec(url.slice(0, 400));
  if (!match) return { type: 'url', url };
  return { type: 'base64', mediaType: match[1] === '' ? 'application/octet-stream' : (match[1] ?? ''), data: url.slice(match[0].length) };
}

/** The registered name of a type, for vendors that refuse the common misnomer. */
export function registeredMediaType(mediaType: string): string {
  return mediaType.toLowerCase() === 'image/jpg' ? 'image/jpeg' : mediaType;
}

/** Films travel as files; most vendors that take files take no films. */
export function isVideo(source: MediaSource): boolean {
  return source.type !== 'file-id' && source.mediaType?.toLowerCase().startsWith('video/') === true;
}

export function dataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}

/** UTF-8 text of base64, or undefined when it is neither. */
export function textFromBase64(base64: string): string | undefined {
  try {
    const binary = atob(base64);
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Base64 of a text's UTF-8 bytes. */
export function base64FromText(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
