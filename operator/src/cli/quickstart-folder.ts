import { cp, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifestFiles } from '../collect/manifest-files.ts';
import { StartError } from './start-error.ts';

const QUICKSTART = fileURLToPath(new URL('../../quickstart', import.meta.url));
const DEFAULT_FOLDER = '.headgate/manifests';

/** The folder to run: the one that was named, or `./.headgate/manifests`, which is filled with the quick start once. */
export async function prepareManifestFolder(named: string | undefined): Promise<string> {
  const folder = resolve(named ?? DEFAULT_FOLDER);
  if (named === undefined && !(await exists(folder))) {
    try {
      await cp(QUICKSTART, folder, { recursive: true });
    } catch (error) {
      throw new StartError(
        `cannot write the quick-start manifests to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const reading = await readManifestFiles(folder);
  if (reading.type === 'Unreadable') throw new StartError(`manifests folder ${folder} cannot be read: ${reading.message}`);
  if (reading.files.length === 0)
    throw new StartError(`no manifests (*.yaml) in ${folder}; put some there or leave out --manifests for the quick start`);
  return folder;
}

async function exists(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    return false;
  }
}
