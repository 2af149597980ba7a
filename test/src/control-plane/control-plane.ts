import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import { freePorts } from '../cluster/free-ports.ts';
import { conditionOf, type KubeCondition, type KubeObject } from '../cluster/kube-object.ts';
import { NodeProcess } from '../cluster/node-process.ts';
import { CHART } from '../cluster/render-chart.ts';
import { until } from '../cluster/until.ts';
import { giveMachineAddressBack, takeMachineAddress } from './machine-address.ts';
import { type SimulatedProvider, startSimulatedProvider } from './simulated-provider.ts';
import { Traffic, type TrafficOptions } from './traffic.ts';

export const NAMESPACE = 'headgate';

const OPERATOR = fileURLToPath(new URL('../../../operator/dist/main.js', import.meta.url));
const PROXY = fileURLToPath(new URL('../../../proxy/dist/main.js', import.meta.url));
const READY_MS = 30_000;
const PROXY_SLOTS = 20;
const PROVIDER_SLOTS = 8;
/** Ports: control, operator admin, then data and admin of each proxy, then the simulators. */
const PORTS = 2 + 2 * PROXY_SLOTS + PROVIDER_SLOTS;

/** A proxy process; `restart` keeps its ports and its copy of the table. */
export interface ProxyHandle {
  readonly name: string;
  readonly url: string;
  readonly adminUrl: string;
  readonly process: NodeProcess;
}

/**
 * A real API server with the chart installed, and what would be pods as processes of this machine: one operator with the
 * permissions of its ServiceAccount, proxies with tokens of theirs. Volumes that a kubelet would mount are written by hand.
 */
export class ControlPlane {
  readonly cluster: Cluster;
  readonly #folder: string;
  readonly #firstPort: number;
  readonly #watchNamespaces: readonly string[];
  readonly #proxies: ProxyHandle[] = [];
  readonly #providers: SimulatedProvider[] = [];
  readonly #traffic: Traffic[] = [];
  #operator: NodeProcess | undefined;
  #address: string | undefined;

  constructor(cluster: Cluster, place: PlanePlace) {
    this.cluster = cluster;
    this.#folder = place.folder;
    this.#firstPort = place.firstPort;
    this.#watchNamespaces = place.watchNamespaces;
  }

  get proxies(): readonly ProxyHandle[] {
    return this.#proxies;
  }

  get proxyUrls(): readonly string[] {
    return this.#proxies.map((proxy) => proxy.url);
  }

  get operatorAdminUrl(): string {
    return `http://127.0.0.1:${this.#firstPort + 1}`;
  }

  get operator(): NodeProcess {
    if (this.#operator === undefined) throw new Error('the operator was not started');
    return this.#operator;
  }

  async startOperator(): Promise<void> {
    this.#operator = new NodeProcess('operator', OPERATOR, ['operator'], {
      KUBECONFIG: join(this.#folder, 'operator.kubeconfig'),
      HEADGATE_NAMESPACE: NAMESPACE,
      HEADGATE_WATCH_NAMESPACES: this.#watchNamespaces.join(','),
      HEADGATE_POD_NAME: 'headgate-operator-0',
      HEADGATE_CONTROL_HOSTS: 'localhost',
      HEADGATE_CONTROL_PORT: String(this.#firstPort),
      HEADGATE_ADMIN_PORT: String(this.#firstPort + 1),
      HEADGATE_PROXY_SERVICE_ACCOUNT: 'headgate-proxy',
    });
    await this.#ready(this.#operator, this.operatorAdminUrl);
  }

  async startProxy(index: number, extraEnv: Readonly<Record<string, string>> = {}): Promise<ProxyHandle> {
    const name = `headgate-proxy-${index}`;
    const dataPort = this.#firstPort + 2 + 2 * index;
    const stateDir = join(this.#folder, `${name}-state`);
    await mkdir(stateDir, { recursive: true });
    const running = new NodeProcess(name, PROXY, [], {
      HEADGATE_PROXY_ID: name,
      HEADGATE_DATA_PORT: String(dataPort),
      HEADGATE_ADMIN_PORT: String(dataPort + 1),
      HEADGATE_CONTROL_URL: `https://localhost:${this.#firstPort}`,
      HEADGATE_CONTROL_CA_FILE: join(this.#folder, 'ca.crt'),
      HEADGATE_CONTROL_TOKEN_FILE: join(this.#folder, 'proxy.token'),
      HEADGATE_STATE_DIR: stateDir,
      HEADGATE_DRAIN_SECONDS: '10',
      HEADGATE_MIN_DRAIN_SECONDS: '0',
      ...extraEnv,
    });
    const handle = { name, url: `http://127.0.0.1:${dataPort}`, adminUrl: `http://127.0.0.1:${dataPort + 1}`, process: running };
    this.#proxies[index] = handle;
    await this.#ready(running, handle.adminUrl);
    return handle;
  }

  async startProvider(name: string): Promise<SimulatedProvider> {
    this.#address ??= await takeMachineAddress();
    const provider = await startSimulatedProvider(name, this.#address, this.#firstPort + 2 + 2 * PROXY_SLOTS + this.#providers.length);
    this.#providers.push(provider);
    return provider;
  }

  /** Callers on all proxies; those that a failed test leaves behind end with the plane. */
  startTraffic(options: Pick<TrafficOptions, 'models' | 'callers'>): Traffic {
    const traffic = new Traffic({ ...options, urls: this.proxyUrls });
    this.#traffic.push(traffic);
    return traffic;
  }

  apply(yaml: string): Promise<string> {
    return this.cluster.kubectl(['apply', '-n', NAMESPACE, '--server-side', '--force-conflicts', '-f', '-'], yaml);
  }

  get(resource: string, name: string): Promise<KubeObject> {
    return this.cluster.get<KubeObject>('-n', NAMESPACE, resource, name);
  }

  /** Waits until the condition has the status, and returns it. */
  async condition(
    resource: string,
    name: string,
    type: string,
    status: KubeCondition['status'],
    withinMs = 15_000,
  ): Promise<KubeCondition> {
    return until(`${resource}/${name} ${type}=${status}`, withinMs, async () => {
      const object = await this.get(resource, name);
      const condition = conditionOf(object, type);
      if (condition?.status === status && condition.observedGeneration === object.metadata.generation) return condition;
      throw new Error(JSON.stringify(object.status?.conditions ?? []));
    });
  }

  /** Writes the projected volume of the snapshot Secrets as a kubelet would, and returns its folder. */
  async mountSnapshot(): Promise<string> {
    const folder = await mkdtemp(join(this.#folder, 'snapshot-'));
    const { items } = await this.cluster.get<{ items: readonly { metadata: { name: string }; data?: Record<string, string> }[] }>(
      '-n',
      NAMESPACE,
      'secrets',
    );
    for (const { metadata, data } of items)
      if (metadata.name.startsWith('headgate-snapshot-'))
        for (const [key, value] of Object.entries(data ?? {})) await writeFile(join(folder, key), Buffer.from(value, 'base64'));
    return folder;
  }

  async teardown(): Promise<void> {
    await Promise.all(this.#traffic.map((traffic) => traffic.stop()));
    await Promise.all([this.#operator?.kill(), ...this.#proxies.map((proxy) => proxy.process.kill())]);
    await Promise.all(this.#providers.map((provider) => provider.kill()));
    await this.cluster.teardown();
    if (this.#address !== undefined) await giveMachineAddressBack(this.#address);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** What only a kubelet and a scheduler would do: pods, tokens, mounted files. */
  async prepare(): Promise<void> {
    const values = this.#watchNamespaces.length === 0 ? [] : ['--set', `watchNamespaces={${this.#watchNamespaces.join(',')}}`];
    await this.cluster.helm(['install', 'headgate', CHART, '--namespace', NAMESPACE, '--create-namespace', ...values]);
    await this.cluster.kubectl(['apply', '-f', '-'], operatorPod());
    const token = await this.cluster.kubectl(['create', 'token', 'headgate-operator', '-n', NAMESPACE, '--duration', '2h']);
    await writeFile(join(this.#folder, 'operator.kubeconfig'), kubeconfig(this.cluster, token.trim()));
    const audience = ['--audience', 'headgate', '--duration', '2h'];
    const proxyToken = await this.cluster.kubectl(['create', 'token', 'headgate-proxy', '-n', NAMESPACE, ...audience]);
    await writeFile(join(this.#folder, 'proxy.token'), proxyToken.trim());
  }

  async mountAuthority(): Promise<void> {
    const authority = await until('the ConfigMap of the control authority', READY_MS, () =>
      this.cluster.get<{ data: { 'ca.crt': string } }>('-n', NAMESPACE, 'configmap', 'headgate-control-ca'),
    );
    await writeFile(join(this.#folder, 'ca.crt'), authority.data['ca.crt']);
  }

  async #ready(running: NodeProcess, adminUrl: string): Promise<void> {
    await until(`${running.name} to be ready`, READY_MS, async () => {
      const { status } = await fetch(`${adminUrl}/readyz`);
      return status === 200;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it printed:\n${running.output.slice(-4000)}`);
    });
  }
}

interface PlanePlace {
  readonly folder: string;
  readonly firstPort: number;
  /** Empty = all. */
  readonly watchNamespaces: readonly string[];
}

/** Everything up: API server, chart, operator, and as many proxies as asked for. */
export async function startControlPlane(proxies: number, watchNamespaces: readonly string[] = []): Promise<ControlPlane> {
  const cluster = await startCluster('control');
  const folder = await mkdtemp(join(tmpdir(), 'headgate-plane-'));
  const plane = new ControlPlane(cluster, { folder, firstPort: await freePorts(PORTS), watchNamespaces });
  try {
    await plane.prepare();
    await plane.startOperator();
    await plane.mountAuthority();
    await Promise.all(Array.from({ length: proxies }, (_, index) => plane.startProxy(index)));
  } catch (error) {
    await plane.teardown();
    throw error;
  }
  return plane;
}

function operatorPod(): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: headgate-operator-0, namespace: ${NAMESPACE} }
spec: { automountServiceAccountToken: false, serviceAccountName: headgate-operator, containers: [{ name: operator, image: none }] }
`;
}

function kubeconfig(cluster: Cluster, token: string): string {
  const authority = Buffer.from(cluster.caPem).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: cluster.serverUrl, 'certificate-authority-data': authority } }],
    users: [{ name: 'operator', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'operator', namespace: NAMESPACE } }],
    'current-context': 'test',
  });
}
