import { createHash } from 'node:crypto';
import { writeTar } from './tar.ts';

/** How a container of the image runs; the names are those of the OCI image specification. */
export interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface Image {
  /** `headgate.dev/proxy:0.1.0` */
  readonly name: string;
  /** `amd64` or `arm64`. */
  readonly architecture: string;
  readonly config: ImageConfig;
  /** Uncompressed tars, the lowest first. */
  readonly layers: readonly Buffer[];
}

/** The image as a docker-archive, for `docker load` and `ctr images import`: the same image always gives the same bytes. */
export function writeDockerArchive(image: Image): Buffer {
  const layers = image.layers.map((body) => ({ body, digest: sha256(body) }));
  const config = Buffer.from(
    JSON.stringify({
      architecture: image.architecture,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: image.config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => `sha256:${digest}`) },
      history: layers.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'make images' })),
    }),
  );
  const configName = `${sha256(config)}.json`;
  const manifest = [{ Config: configName, RepoTags: [image.name], Layers: layers.map(({ digest }) => `${digest}.tar`) }];
  return writeTar([
    { type: 'file', path: configName, body: config },
    ...layers.map(({ body, digest }) => ({ type: 'file' as const, path: `${digest}.tar`, body })),
    { type: 'file', path: 'manifest.json', body: Buffer.from(JSON.stringify(manifest)) },
  ]);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
