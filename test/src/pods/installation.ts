import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import type { KubeObject } from '../cluster/kube-object.ts';
import { CHART } from '../cluster/render-chart.ts';
import { until } from '../cluster/until.ts';

export const NAMESPACE = 'headgate';

const IMAGES = fileURLToPath(new URL('../../../build/images', import.meta.url));

/** Streams of two to three seconds, so that a hundred of them are always open; short waits where nothing is waited for. */
const VALUES = ['simulator.enabled=true,simulator.firstTokenMs=100,simulator.tokenMs=100', 'proxy.drainSeconds=30'] as const;

/** The chart on a real one-node cluster, in a namespace that enforces the restricted Pod Security Standard. */
export class Installation {
  readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.cluster.kubectl(['-n', NAMESPACE, ...args]);
  }

  get(resource: string, name: string): Promise<KubeObject> {
    return this.cluster.get<KubeObject>('-n', NAMESPACE, resource, name);
  }

  /** `helm install` or `helm upgrade`, waiting until every pod is ready. */
  helm(command: 'install' | 'upgrade', values: readonly string[] = []): Promise<string> {
    const sets = [...VALUES, ...values].flatMap((value) => ['--set', value]);
    return this.cluster.helm([command, 'headgate', CHART, '-n', NAMESPACE, '--wait', '--timeout', '120s', ...sets]);
  }

  /** Starts a pod that calls the Service with the OpenAI SDK. */
  async startClient(name: string, ...args: readonly string[]): Promise<ClientPod> {
    await this.cluster.kubectl(['apply', '-f', '-'], clientPod(name, args));
    return new ClientPod(this, name);
  }

  /** Waits until a policy's status counts so many proxies, all of which hold it. */
  async programmedOn(proxies: number, withinMs: number): Promise<void> {
    await until(`Programmed ${proxies}/${proxies}`, withinMs, async () => {
      const { status } = await this.get('routepolicy', 'assistant');
      if (status?.summary?.['programmed'] === `${proxies}/${proxies}`) return true;
      throw new Error(JSON.stringify(status?.summary));
    });
  }

  /** Names of the pods that carry the leader's label. */
  async leaders(): Promise<readonly string[]> {
    const names = await this.kubectl('get', 'pods', '-l', 'headgate.dev/leader=true', '-o', 'name');
    return names.split('\n').filter((name) => name !== '');
  }
}

/** A client in the cluster; it runs to its end by itself. */
export class ClientPod {
  readonly #installation: Installation;
  readonly #name: string;

  constructor(installation: Installation, name: string) {
    this.#installation = installation;
    this.#name = name;
  }

  /** What it printed, once it has ended; throws when it failed. */
  async output(withinMs: number): Promise<string> {
    const phase = await until(`pod ${this.#name} to end`, withinMs, async () => {
      const pod = await this.#installation.cluster.get<{ status: { phase: string } }>('-n', NAMESPACE, 'pod', this.#name);
      return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed' ? pod.status.phase : undefined;
    });
    const output = await this.#installation.kubectl('logs', this.#name);
    if (phase === 'Failed') throw new Error(`pod ${this.#name} failed: ${output}`);
    return output;
  }

  /** Resolves when the client has begun. */
  async running(): Promise<void> {
    await this.#installation.kubectl('wait', `pod/${this.#name}`, '--for=condition=Ready', '--timeout=60s');
  }
}

/** A cluster with the images and the release in it. */
export async function install(): Promise<Installation> {
  for (const name of ['operator', 'proxy', 'simulator'])
    if (!existsSync(`${IMAGES}/${name}.tar`)) throw new Error(`build/images/${name}.tar is missing: make images`);
  const installation = new Installation(await startCluster('node'));
  try {
    for (const name of ['operator', 'proxy', 'simulator']) await installation.cluster.loadImage(`${IMAGES}/${name}.tar`);
    await installation.cluster.kubectl(['create', 'namespace', NAMESPACE]);
    await installation.cluster.kubectl(['label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted']);
    await installation.helm('install');
  } catch (error) {
    const pods = await installation.cluster.tryKubectl(['get', 'pods,events', '-A']);
    await installation.cluster.teardown();
    throw new Error(`${String(error)}\n${pods.stdout}`);
  }
  return installation;
}

function clientPod(name: string, args: readonly string[]): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${NAMESPACE} }
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: client
      image: headgate.dev/simulator:0.1.0
      command: [/usr/local/bin/node, /app/dist/client.mjs, ${args.map((arg) => JSON.stringify(arg)).join(', ')}]
      env: [{ name: OPENAI_BASE_URL, value: "http://headgate.${NAMESPACE}.svc/v1" }]
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }, readOnlyRootFilesystem: true }
`;
}
