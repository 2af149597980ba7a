import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { vendorModels } from '@headgate/crds';
import { OperatorMetrics } from '../report/operator-metrics.ts';
import { systemClock } from '../support/clock.ts';
import { sleep } from '../support/sleep.ts';
import { createConsoleLogger } from './console-logger.ts';
import { DevOperator } from './dev-operator.ts';
import type { DevOptions } from './dev-options.ts';
import { createDevWorkspace, type DevWorkspace } from './dev-workspace.ts';
import { findEnvironmentProviders } from './environment-providers.ts';
import { firstCall } from './first-call.ts';
import { assertPortFree } from './free-port.ts';
import { prepareManifestFolder } from './quickstart-folder.ts';
import { SimulatorProcess } from './simulator-process.ts';
import { StartError } from './start-error.ts';
import { stopSignal } from './stop-signal.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { survive } from './survive.ts';

const HOST = '127.0.0.1';
const PROXY_SCRIPT = new URL('../../../proxy/dist/main.js', import.meta.url);
const DRAIN_SECONDS = 2;
const STOP_GRACE_MS = 5_000;
const SLOW_START_MS = 15_000;
const ASK_AGAIN_MS = 50;
const clock = systemClock;

const print = (name: string, line: string): void => console.log(`[${name}] ${line}`);

/**
 * `headgate dev`: the operator over a folder, proxies and simulator as processes beside it; runs until a signal. Throws a
 * StartError when something is in the way; whatever was started by then is stopped.
 */
export async function runDev(options: DevOptions, environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const stop = stopSignal();
  const log = createConsoleLogger(environment['HEADGATE_LOG_LEVEL'] ?? 'info', (line) => print('operator', line));
  const metrics = new OperatorMetrics();
  survive(log, metrics);
  if (!existsSync(PROXY_SCRIPT)) throw new StartError(`${fileURLToPath(PROXY_SCRIPT)} is missing; run \`make build\` first`);
  const folder = await prepareManifestFolder(options.manifests);
  await assertPortsFree(options);
  const workspace = await createDevWorkspace();
  const stoppers: (() => Promise<unknown>)[] = [() => workspace.remove()];
  try {
    const simulator = options.simulator ? new SimulatorProcess(clock, print) : undefined;
    stoppers.push(async () => simulator?.stop(STOP_GRACE_MS));
    const simulatorUrl = await simulator?.start();
    const offered = await findEnvironmentProviders(environment, (vendor) => vendorModels(vendor).map((model) => model.name));
    const { adminPort } = options;
    const operator = new DevOperator({ folder, adminPort, workspace, simulatorUrl, generated: offered.objects, clock, log, metrics });
    stoppers.push(() => operator.stop());
    const controlPort = await operator.start();
    const proxies = await startProxies(options, workspace, controlPort);
    stoppers.push(() => Promise.all(proxies.map((proxy) => proxy.stop(STOP_GRACE_MS))));
    const slow = clock.setTimeout(() => console.log('Still waiting for the proxies; what they say is above.'), SLOW_START_MS);
    stoppers.push(async () => slow.cancel());
    await Promise.race([operator.whenHeldBy(options.proxies).then(() => whenReady(options, stop.signal)), stop.received]);
    slow.cancel();
    if (!stop.signal.aborted) announce(options, folder, offered.found, operator);
    await stop.received;
    console.log(`\nStopping: requests in flight may take ${DRAIN_SECONDS} s more.`);
  } finally {
    // What was started last ends first: the proxies before the operator they report to and the simulator they call.
    for (const stopOne of stoppers.reverse()) await stopOne();
  }
}

/** Resolves when every proxy says that it takes calls: it acknowledges its table a moment before it listens. */
async function whenReady({ adminPort, proxies }: DevOptions, signal: AbortSignal): Promise<void> {
  for (let number = 1; number <= proxies; number++) {
    while (!signal.aborted && !(await isReady(`http://${HOST}:${adminPort + number}/readyz`, signal)))
      await sleep(clock, ASK_AGAIN_MS, signal);
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(url, { signal })).ok;
  } catch {
    return false;
  }
}

async function assertPortsFree({ port, adminPort, proxies }: DevOptions): Promise<void> {
  const last = adminPort + proxies;
  if (last > 65_535) throw new StartError(`--admin-port ${adminPort} leaves no ports for the proxies, which take the following ones`);
  if (port >= adminPort && port <= last)
    throw new StartError(`--port ${port} is one of the admin ports ${adminPort} to ${last}; choose another one`);
  await assertPortFree(port, HOST, 'data, --port');
  await assertPortFree(adminPort, HOST, 'admin, --admin-port');
  for (let proxy = 1; proxy <= proxies; proxy++)
    await assertPortFree(adminPort + proxy, HOST, `admin of proxy-${proxy}, --admin-port + ${proxy}`);
}

async function startProxies(options: DevOptions, workspace: DevWorkspace, controlPort: number): Promise<readonly SupervisedProcess[]> {
  const proxies: SupervisedProcess[] = [];
  for (let number = 1; number <= options.proxies; number++) {
    const name = `proxy-${number}`;
    const environment = {
      HEADGATE_PROXY_ID: name,
      HEADGATE_BIND: HOST,
      HEADGATE_DATA_PORT: String(options.port),
      HEADGATE_REUSE_PORT: 'true',
      HEADGATE_ADMIN_PORT: String(options.adminPort + number),
      HEADGATE_CONTROL_URL: `https://${HOST}:${controlPort}`,
      HEADGATE_CONTROL_CA_FILE: workspace.caFile,
      HEADGATE_CONTROL_TOKEN_FILE: workspace.tokenFile,
      HEADGATE_STATE_DIR: await workspace.stateDirOf(name),
      HEADGATE_DRAIN_SECONDS: String(DRAIN_SECONDS),
      HEADGATE_MIN_DRAIN_SECONDS: '0',
    };
    const proxy = new SupervisedProcess({ name, script: PROXY_SCRIPT, environment: () => environment, clock, print });
    proxy.start();
    proxies.push(proxy);
  }
  return proxies;
}

function announce(options: DevOptions, folder: string, found: readonly string[], operator: DevOperator): void {
  const call = firstCall(operator.source.world(), options.port);
  const lines = [
    '',
    `Headgate is ready: ${options.proxies} proxies share http://${HOST}:${options.port}`,
    '',
    ...(call === undefined ? ['Every policy wants the key of a consumer (Authorization: Bearer ...).'] : ['Try it:', '', call]),
    '',
    `Status:     http://${HOST}:${options.adminPort}/status, \`npm run headgate -- status\`, and *.status.yaml beside the manifests`,
    `Manifests:  ${folder} (edits take effect when saved)`,
    ...(found.length === 0 ? [] : [`From the environment: ${found.join(', ')}; ask for <provider>/<model>`]),
    'Stop with Ctrl-C.',
    '',
  ];
  console.log(lines.join('\n'));
}
