import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { NODE_PATH, USER_ID } from './image-definitions.ts';
import type { TarEntry } from './tar.ts';

/** Loaded by the C library at run time, where it does not contain them (before glibc 2.34). */
const NAME_SERVICE_LIBRARIES = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];

/**
 * Everything below the application, as files: the project's own Node, the shared libraries it names, one unprivileged
 * user, certificate authorities. No shell, no package manager.
 */
export function baseLayer(nodeBinary: string, licences: Readonly<Record<string, string>>): readonly TarEntry[] {
  const files: TarEntry[] = [
    { type: 'file', path: NODE_PATH.slice(1), body: readFileSync(nodeBinary), mode: 0o755 },
    ...sharedLibraries(nodeBinary).map((path) => libraryFile(path)),
    text('etc/passwd', `root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:${USER_ID}:${USER_ID}:nonroot:/tmp:/sbin/nologin\n`),
    text('etc/group', `root:x:0:\nnonroot:x:${USER_ID}:\n`),
    text('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
    // The authorities that Node itself trusts: the same on every machine that builds.
    text('etc/ssl/certs/ca-certificates.crt', `${rootCertificates.join('\n')}\n`),
    ...Object.entries(licences).map(([name, body]) => text(`usr/share/licenses/${name}`, body)),
  ];
  return withDirectories([...files, { type: 'directory', path: 'tmp', mode: 0o1777 }]);
}

/** Parents first, everything in path order: the order a tar must have, and always the same. */
export function withDirectories(entries: readonly TarEntry[]): readonly TarEntry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries)
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent))
      if (!byPath.has(parent)) byPath.set(parent, { type: 'directory', path: parent });
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Paths of the libraries that `ldd` names, the loader included, and the name-service ones that are there. */
export function sharedLibraries(binary: string): readonly string[] {
  const output = execFileSync('ldd', [binary], { encoding: 'utf8' });
  const named = parseLdd(output);
  const folder = dirname(named.find((path) => path.includes('libc.so')) ?? '/lib');
  return [...named, ...NAME_SERVICE_LIBRARIES.map((name) => join(folder, name)).filter((path) => existsSync(path))];
}

/** `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`; the vDSO is no file. */
export function parseLdd(output: string): readonly string[] {
  if (output.includes('not found')) throw new Error(`a library of node is missing:\n${output}`);
  return output.split('\n').flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function libraryFile(path: string): TarEntry {
  return { type: 'file', path: path.slice(1), body: readFileSync(realpathSync(path)), mode: 0o755 };
}

function text(path: string, body: string): TarEntry {
  return { type: 'file', path, body: Buffer.from(body) };
}
