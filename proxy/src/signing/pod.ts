import { readFile } from 'node:fs/promises';

/** What a pod's own identity is made of: variables and files that the cluster's administrator puts there. */
export interface Pod {
  readonly variable: (name: string) => string | undefined;
  /** Rejects when the file cannot be read. Read anew for each use: projected tokens are replaced while the pod runs. */
  readonly file: (path: string) => Promise<string>;
}

export const thisPod: Pod = {
  variable: (name) => {
    const value = process.env[name]?.trim();
    return value === '' ? undefined : value;
  },
  file: (path) => readFile(path, 'utf8'),
};
