import type { MediaSource } from '../wire/chat-call.ts';
import { textFromBase64 } from './data-url.ts';

/** What a document says, where it is plain text; for dialects that take nothing else. */
export function documentText(source: MediaSource): string | undefined {
  if (source.type === 'text') return source.text;
  return source.type === 'base64' && /^text\//i.test(source.mediaType) ? textFromBase64(source.data) : undefined;
}
