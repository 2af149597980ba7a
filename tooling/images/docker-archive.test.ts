import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { writeDockerArchive } from './docker-archive.ts';
import { IMAGES, imageConfig } from './image-definitions.ts';
import { writeTar } from './tar.ts';

const [definition] = IMAGES;
if (definition === undefined) throw new Error('no images are defined');

const LAYER = writeTar([{ type: 'file', path: 'hello', body: Buffer.from('hi') }]);
const IMAGE = { name: 'headgate.dev/x:1', architecture: 'amd64', config: imageConfig(definition, '1'), layers: [LAYER] };

const read = (archive: Buffer, path: string) => execFileSync('tar', ['-xOf', '-', path], { input: archive });
const readJson = (archive: Buffer, path: string) => JSON.parse(read(archive, path).toString()) as Record<string, unknown>;

test('the manifest names a configuration and layers that are there under their digests', () => {
  const archive = writeDockerArchive(IMAGE);
  const [manifest] = readJson(archive, 'manifest.json') as unknown as { Config: string; RepoTags: string[]; Layers: string[] }[];
  const digest = createHash('sha256').update(LAYER).digest('hex');
  expect(manifest).toMatchObject({ RepoTags: ['headgate.dev/x:1'], Layers: [`${digest}.tar`] });
  expect(read(archive, `${digest}.tar`).equals(LAYER)).toBe(true);
  expect(readJson(archive, manifest?.Config ?? '')).toMatchObject({
    os: 'linux',
    config: { User: '65532:65532', Entrypoint: ['/usr/local/bin/node', ...definition.nodeFlags, '/app/dist/main.mjs'] },
    rootfs: { diff_ids: [`sha256:${digest}`] },
  });
});

test('the same image is the same archive', () => {
  expect(writeDockerArchive(IMAGE).equals(writeDockerArchive(IMAGE))).toBe(true);
});
