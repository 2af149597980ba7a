import type { MediaSource } from '../../wire/chat-call.ts';

const FORMATS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};
const EXTENSIONS: ReadonlySet<string> = new Set(Object.values(FORMATS));
const MAX_NAME_LENGTH = 200;

/** One of Converse's document formats, by media type or by the end of the file's name; undefined: it takes no such files. */
export function documentFormat(source: MediaSource, filename: string | undefined): string | undefined {
  const mediaType = source.type === 'base64' || source.type === 'text' ? source.mediaType.split(';')[0]?.trim().toLowerCase() : undefined;
  const byType = FORMATS[mediaType ?? ''];
  if (byType !== undefined) return byType;
  const extension = /\.([a-z0-9]+)$/i.exec(filename ?? '')?.[1]?.toLowerCase() ?? '';
  if (EXTENSIONS.has(extension)) return extension;
  return mediaType?.startsWith('text/') === true ? 'txt' : undefined;
}

/** Every document needs a name of its own: letters, digits, single spaces, hyphens, parentheses and square brackets. */
export class DocumentNames {
  private readonly taken = new Set<string>();

  next(filename: string | undefined): string {
    const plain = (filename ?? '')
      .replace(/\.[a-z0-9]+$/i, '')
      .replace(/[^a-zA-Z0-9\s()[\]-]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, MAX_NAME_LENGTH);
    const base = plain === '' ? 'Document' : plain;
    let name = base;
    for (let count = 2; this.taken.has(name); count++) name = `${base} ${count}`;
    this.taken.add(name);
    return name;
  }
}
