import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files that operator and proxies of one `headgate dev` share; gone when it ends. */
export interface DevWorkspace {
  /** Shared secret of the control stream. */
  readonly token: string;
  readonly tokenFile: string;
  readonly caFile: string;
  /** Folder for a proxy's copy of the table. */
  stateDirOf(proxyId: string): Promise<string>;
  remove(): Promise<void>;
}

export async function createDevWorkspace(): Promise<DevWorkspace> {
  // mkdtemp makes it readable for its owner only.
  const root = await mkdtemp(join(tmpdir(), 'headgate-'));
  const token = randomBytes(32).toString('base64url');
  const tokenFile = join(root, 'token');
  await writeFile(tokenFile, token, { mode: 0o600 });
  return {
    token,
    tokenFile,
    caFile: join(root, 'ca.crt'),
    stateDirOf: async (proxyId) => {
      const folder = join(root, proxyId);
      await mkdir(folder, { recursive: true });
      return folder;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
