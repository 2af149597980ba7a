import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_FILES = 2_000;
const MAX_FOLDER_DEPTH = 8;

export type ManifestFile =
  | { readonly type: 'Text'; readonly name: string; readonly text: string }
  | { readonly type: 'Unreadable'; readonly name: string; readonly message: string };

export type FolderReading =
  /** `folders`: relative, with `/`; '' is the folder itself. */
  | { readonly type: 'Files'; readonly files: readonly ManifestFile[]; readonly folders: readonly string[] }
  | { readonly type: 'Unreadable'; readonly message: string };

/** True for what holds manifests: `*.yaml` and `*.yml`, but not the status files that Headgate itself writes. */
export function isManifestName(name: string): boolean {
  return /\.ya?ml$/i.test(name) && !/\.status\.ya?ml$/i.test(name) && !/(^|\/)\./.test(name);
}

/** Every manifest below `folder`, sorted by name (relative, with `/`). Hidden files and folders are left out. */
export async function readManifestFiles(folder: string): Promise<FolderReading> {
  try {
    const folders: string[] = [];
    const names = (await listNames(folder, '', folders)).sort();
    const files = await Promise.all(names.slice(0, MAX_FILES).map((name) => readManifestFile(folder, name)));
    if (names.length > MAX_FILES) {
      files.push({
        type: 'Unreadable',
        name: names[MAX_FILES] ?? '',
        message: `a folder has at most ${MAX_FILES} manifests; the rest is not read`,
      });
    }
    return { type: 'Files', files, folders };
  } catch (error) {
    return { type: 'Unreadable', message: describeFileError(error) };
  }
}

/** Names of manifests; every folder that was looked into is added to `folders`. */
async function listNames(folder: string, prefix: string, folders: string[]): Promise<string[]> {
  const names: string[] = [];
  folders.push(prefix);
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) {
      if (name.split('/').length <= MAX_FOLDER_DEPTH) names.push(...(await listNames(folder, name, folders)));
    } else if (isManifestName(name)) {
      names.push(name);
    }
  }
  return names;
}

async function readManifestFile(folder: string, name: string): Promise<ManifestFile> {
  try {
    const path = join(folder, name);
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) return { type: 'Unreadable', name, message: `larger than ${MAX_FILE_BYTES} bytes` };
    const bytes = await readFile(path);
    // An editor that saves in place empties the file first; that is not a wish to delete everything in it.
    if (bytes.length === 0) return { type: 'Unreadable', name, message: 'the file is empty' };
    return { type: 'Text', name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { type: 'Unreadable', name, message: describeFileError(error) };
  }
}

function describeFileError(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOTDIR') return 'is not a folder';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8';
  return error instanceof Error ? error.message : String(error);
}
