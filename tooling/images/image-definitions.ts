import type { ImageConfig } from './docker-archive.ts';

/** What makes one image of the project; the Dockerfiles say the same (held by a test). */
export interface ImageDefinition {
  readonly name: 'operator' | 'proxy' | 'simulator';
  /** Compiled entry point -> file name under /app/dist. */
  readonly bundles: Readonly<Record<string, string>>;
  readonly nodeFlags: readonly string[];
  readonly command: readonly string[];
  readonly ports: readonly number[];
}

export const IMAGES: readonly ImageDefinition[] = [
  {
    name: 'operator',
    bundles: { 'operator/dist/main.js': 'main.mjs' },
    // Lists of thousands of objects come and go; without bounds V8 would rather grow than collect (300 MiB against 190).
    nodeFlags: ['--max-semi-space-size=4', '--max-old-space-size=384'],
    command: ['operator'],
    ports: [9443, 9090],
  },
  {
    name: 'proxy',
    bundles: { 'proxy/dist/main.js': 'main.mjs' },
    // Streams make many short-lived objects; a larger young generation keeps them from being promoted.
    nodeFlags: ['--max-semi-space-size=16'],
    command: [],
    ports: [8080, 9090],
  },
  {
    name: 'simulator',
    // client.mjs calls a Service with the OpenAI SDK: a first answer from inside a cluster.
    bundles: { 'test/dist/simulator/main.js': 'main.mjs', 'test/dist/simulator/client.js': 'client.mjs' },
    nodeFlags: [],
    command: [],
    ports: [8089],
  },
];

/** Nobody in particular: the user id that distroless images use for `nonroot`. */
export const USER_ID = 65532;

export const NODE_PATH = '/usr/local/bin/node';

export function imageConfig(definition: ImageDefinition, version: string): ImageConfig {
  return {
    User: `${USER_ID}:${USER_ID}`,
    Entrypoint: [NODE_PATH, ...definition.nodeFlags, '/app/dist/main.mjs'],
    Cmd: definition.command,
    Env: ['NODE_ENV=production', 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'],
    WorkingDir: '/app',
    ExposedPorts: Object.fromEntries(definition.ports.map((port) => [`${port}/tcp`, {}])),
    Labels: {
      'org.opencontainers.image.title': `headgate-${definition.name}`,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    },
  };
}
