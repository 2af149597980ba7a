import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { IMAGES, imageConfig } from './image-definitions.ts';

const PATHS = { operator: 'operator/Dockerfile', proxy: 'proxy/Dockerfile', simulator: 'test/simulator.Dockerfile' } as const;

test.each(IMAGES.map((definition) => [definition.name, definition] as const))(
  'the Dockerfile of %s makes the image that make images makes',
  (name, definition) => {
    const text = readFileSync(new URL(`../../${PATHS[name]}`, import.meta.url), 'utf8');
    const stage = text.slice(text.lastIndexOf('FROM '));
    const value = (instruction: string) => new RegExp(`^${instruction} (.*)$`, 'm').exec(stage)?.[1];
    const config = imageConfig(definition, '');
    expect(stage).toMatch(/^FROM scratch$/m);
    expect(text).toContain(`tooling/images/build-images.ts --root ${name} `);
    expect(value('USER')).toBe(config.User);
    expect(value('WORKDIR')).toBe(config.WorkingDir);
    expect(JSON.parse(value('ENTRYPOINT') ?? '[]')).toEqual(config.Entrypoint);
    expect(JSON.parse(value('CMD') ?? '[]')).toEqual(config.Cmd);
    expect(value('ENV')?.split(' ')).toEqual(config.Env);
    expect(value('EXPOSE')?.split(' ').map(Number)).toEqual(definition.ports);
  },
);

test('the Dockerfiles build with the Node that the project pins', () => {
  const pinned = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { devDependencies: { node: string } })
    .devDependencies.node;
  for (const path of Object.values(PATHS))
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toContain(`FROM node:${pinned}-bookworm-slim AS build`);
});
