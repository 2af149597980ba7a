import type { ContentPart } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';
import { camelMembers } from './camel-case.ts';
import { DIALECT } from './thought-signature.ts';

/** Subtypes of audio/* under the names that other vendors have for them. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['mpeg', 'mp3'],
  ['x-wav', 'wav'],
  ['wave', 'wav'],
  ['x-flac', 'flac'],
]);

/** `inlineData`: bytes in base64, told apart by their type. */
export function decodeInlineData(value: JsonObject, extra: JsonObject, path: string, problems: Problems): ContentPart {
  const blob = camelMembers(value);
  const data = asString(blob['data']);
  const mediaType = asString(blob['mimeType']) ?? '';
  if (data === undefined) problems.add(`${path}.inlineData.data`, 'is required');
  if (mediaType === '') problems.add(`${path}.inlineData.mimeType`, 'is required');
  const base64 = plainBase64(data ?? '');
  const opaque = defined({ opaque: opaqueFor(DIALECT, extra) });
  const [kind, subtype = ''] = (mediaType.split(';')[0] ?? '').toLowerCase().split('/');
  if (kind === 'image') return { type: 'image', source: { type: 'base64', mediaType, data: base64 }, ...opaque };
  if (kind === 'audio') return { type: 'audio', data: base64, format: FORMATS.get(subtype) ?? subtype, ...opaque };
  const filename = asString(blob['displayName']);
  return { type: 'file', source: { type: 'base64', mediaType, data: base64 }, ...defined({ filename }), ...opaque };
}

/** `fileData`: an address, of Google's file store, Cloud Storage, YouTube or the web. */
export function decodeFileData(value: JsonObject, extra: JsonObject, path: string, problems: Problems): ContentPart {
  const file = camelMembers(value);
  const url = asString(file['fileUri']);
  const mediaType = asString(file['mimeType']);
  if (url === undefined) problems.add(`${path}.fileData.fileUri`, 'is required');
  const source = { type: 'url' as const, url: url ?? '', ...defined({ mediaType }) };
  const opaque = defined({ opaque: opaqueFor(DIALECT, extra) });
  if (mediaType?.toLowerCase().startsWith('image/') === true) return { type: 'image', source, ...opaque };
  return { type: 'file', source, ...defined({ filename: asString(file['displayName']) }), ...opaque };
}

/** Google takes both alphabets of base64, other vendors the standard one. */
function plainBase64(data: string): string {
  return /[-_]/.test(data) ? data.replaceAll('-', '+').replaceAll('_', '/') : data;
}
