import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { withDirectories } from './base-layer.ts';
import type { ImageDefinition } from './image-definitions.ts';
import type { TarEntry } from './tar.ts';

/** CommonJS dependencies ask for Node's own modules through `require`, which ES modules do not have. */
const REQUIRE =
  "import { createRequire as headgateCreateRequire } from 'node:module'; const require = headgateCreateRequire(import.meta.url);";

/** The application's layer: each entry point as one self-contained module, and the licences of what is inside. */
export async function bundleApp(root: string, definition: ImageDefinition): Promise<readonly TarEntry[]> {
  const files: TarEntry[] = [];
  const packages = new Set<string>();
  // Above dist as in the repository: a program reads its version from there.
  const [workspace = ''] = Object.keys(definition.bundles)[0]?.split('/') ?? [];
  files.push({ type: 'file', path: 'app/package.json', body: readFileSync(join(root, workspace, 'package.json')) });
  for (const [entry, name] of Object.entries(definition.bundles)) {
    const { body, metafile } = await bundle(root, entry);
    files.push({ type: 'file', path: `app/dist/${name}`, body });
    for (const folder of bundledPackages(metafile)) packages.add(folder);
  }
  const licences = Buffer.from(
    [...packages]
      .sort()
      .map((folder) => licenceOf(root, folder))
      .join('\n'),
  );
  return withDirectories([...files, { type: 'file', path: 'usr/share/licenses/third-party.txt', body: licences }]);
}

async function bundle(root: string, entry: string): Promise<{ readonly body: Uint8Array; readonly metafile: Metafile }> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'error',
  });
  const output = result.outputFiles[0];
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return { body: output.contents, metafile: result.metafile };
}

/** Folders of the packages whose files went into a bundle; the project's own are not among them. */
export function bundledPackages(metafile: Pick<Metafile, 'inputs'>): readonly string[] {
  const folders = Object.keys(metafile.inputs).flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].filter((folder) => !folder.includes('node_modules/@headgate/'));
}

function licenceOf(root: string, folder: string): string {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  const path = join(root, folder, file ?? '');
  const text = file !== undefined && existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return `== ${manifest.name} ${manifest.version} (${manifest.license ?? 'licence not stated'})\n${text}\n`;
}
