/**
 * Makes the images without a container engine.
 *   node tooling/images/build-images.ts                     build/images/{operator,proxy,simulator}.tar, for `docker load`
 *   node tooling/images/build-images.ts --root NAME FOLDER  the root file system of one image as a folder, for the Dockerfiles
 */
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { baseLayer } from './base-layer.ts';
import { bundleApp } from './bundle-app.ts';
import { writeDockerArchive } from './docker-archive.ts';
import { IMAGES, imageConfig } from './image-definitions.ts';
import { type TarEntry, writeTar } from './tar.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

function makeBaseLayer(): readonly TarEntry[] {
  const node = realpathSync(join(ROOT, 'node_modules/node/bin/node'));
  return baseLayer(node, {
    'headgate.txt': readFileSync(join(ROOT, 'LICENSE'), 'utf8'),
    'node.txt': `Node.js ${process.version}: https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`,
  });
}

async function writeArchives(): Promise<void> {
  const folder = join(ROOT, 'build/images');
  const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
  mkdirSync(folder, { recursive: true });
  const base = writeTar(makeBaseLayer());
  for (const definition of IMAGES) {
    const archive = writeDockerArchive({
      name: `headgate.dev/${definition.name}:${version}`,
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      config: imageConfig(definition, version),
      layers: [base, writeTar(await bundleApp(ROOT, definition))],
    });
    const path = join(folder, `${definition.name}.tar`);
    writeFileSync(path, archive);
    console.log(`build/images/${definition.name}.tar  headgate.dev/${definition.name}:${version}  ${Math.round(archive.length / 1e6)} MB`);
  }
}

async function writeRoot(name: string, folder: string): Promise<void> {
  const definition = IMAGES.find((image) => image.name === name);
  if (definition === undefined) throw new Error(`no image ${name}; there are ${IMAGES.map((image) => image.name).join(', ')}`);
  for (const entry of [...makeBaseLayer(), ...(await bundleApp(ROOT, definition))]) {
    const path = join(folder, entry.path);
    if (entry.type === 'directory') mkdirSync(path, { recursive: true });
    if (entry.type === 'file') writeFileSync(path, entry.body);
    if (entry.type !== 'symlink' && entry.mode !== undefined) chmodSync(path, entry.mode);
  }
}

if (process.platform !== 'linux') {
  console.error('images are assembled from Linux binaries: run this on Linux, or use the Dockerfiles');
  process.exit(1);
}
const [option, name, folder] = process.argv.slice(2);
if (option === '--root' && name !== undefined && folder !== undefined) await writeRoot(name, folder);
else await writeArchives();
