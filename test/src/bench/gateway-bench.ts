import { join } from 'node:path';
import { median, round3 } from './figures.ts';
import { benchTable, startHeadgate } from './headgate.ts';
import { GATEWAY_CORE, LOAD_CORE, MeasuredProcess, untilListening } from './measured-process.ts';
import { startNginx } from './nginx.ts';
import { runStreams, type StreamLoad } from './sse-run.ts';
import { runWrk, type UnaryLoad } from './wrk.ts';

export const UPSTREAM_PORT = 18_080;
const GATEWAY_PORT = 18_100;
/** Long enough for the optimizing compiler to be done with the hot path: its threads count as CPU of the process. */
const WARM_UP_SECONDS = 6;
const STREAMS_WARM_UP_SECONDS = 3;

export type GatewayName = 'headgate' | 'bare node' | 'nginx';

export interface UnaryFigures extends UnaryLoad {
  readonly cpuUsPerRequest: number;
  readonly rssMib: number;
}

export interface StreamFigures extends StreamLoad {
  readonly cpuUsPerChunk: number;
  readonly rssMib: number;
}

/** Starts the mock provider; the caller stops it. */
export async function startMock(): Promise<MeasuredProcess> {
  const mock = new MeasuredProcess([process.execPath, join(import.meta.dirname, 'mock-upstream.js'), String(UPSTREAM_PORT)], LOAD_CORE);
  await untilListening(UPSTREAM_PORT);
  return mock;
}

export async function startGateway(name: GatewayName, folder: string, policies = 10): Promise<MeasuredProcess> {
  const gateway = launch(name, folder, policies);
  await untilListening(GATEWAY_PORT);
  return gateway;
}

function launch(name: GatewayName, folder: string, policies: number): MeasuredProcess {
  switch (name) {
    case 'headgate':
      return startHeadgate(folder, GATEWAY_PORT, benchTable(UPSTREAM_PORT, policies));
    case 'bare node': {
      const entry = join(import.meta.dirname, 'bare-proxy.js');
      return new MeasuredProcess(
        [process.execPath, '--max-semi-space-size=16', entry, String(GATEWAY_PORT), String(UPSTREAM_PORT)],
        GATEWAY_CORE,
      );
    }
    case 'nginx':
      return startNginx(join(folder, 'nginx'), GATEWAY_PORT, UPSTREAM_PORT);
  }
}

export function requestBody(bytes: number): string {
  const empty = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: '' }] }).length;
  return JSON.stringify({
    model: 'bench',
    messages: [{ role: 'user', content: 'x '.repeat(Math.ceil((bytes - empty) / 2)).slice(0, bytes - empty) }],
  });
}

/** One run of one gateway: start, warm up, measure, stop. */
export async function measureUnary(
  name: GatewayName,
  folder: string,
  options: { bytes: number; seconds: number; policies?: number },
): Promise<UnaryFigures> {
  const gateway = await startGateway(name, folder, options.policies);
  try {
    const body = requestBody(options.bytes);
    await runWrk({ folder, port: GATEWAY_PORT, body, seconds: WARM_UP_SECONDS });
    const before = gateway.cpuUs();
    const load = await runWrk({ folder, port: GATEWAY_PORT, body, seconds: options.seconds });
    return { ...load, cpuUsPerRequest: (gateway.cpuUs() - before) / load.requests, rssMib: gateway.rssMib() };
  } finally {
    await gateway.stop();
  }
}

export async function measureStreams(
  name: GatewayName,
  folder: string,
  options: { streams: number; seconds: number },
): Promise<StreamFigures> {
  const gateway = await startGateway(name, folder);
  try {
    await runStreams(GATEWAY_PORT, options.streams, STREAMS_WARM_UP_SECONDS);
    const before = gateway.cpuUs();
    const load = await runStreams(GATEWAY_PORT, options.streams, options.seconds);
    return { ...load, cpuUsPerChunk: (gateway.cpuUs() - before) / load.chunks, rssMib: gateway.rssMib() };
  } finally {
    await gateway.stop();
  }
}

/** Field-wise medians of several runs. */
export function medians<T extends object>(runs: readonly T[]): T {
  const keys = Object.keys(runs[0] ?? {}) as (keyof T)[];
  return Object.fromEntries(keys.map((key) => [key, round3(median(runs.map((run) => Number(run[key]))))])) as T;
}

/** A B C A B C ...: alternated, so that drift of the machine hits all alike. */
export async function alternate<T extends object>(
  names: readonly GatewayName[],
  rounds: number,
  measure: (name: GatewayName) => Promise<T>,
): Promise<ReadonlyMap<GatewayName, T>> {
  const runs = new Map<GatewayName, T[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const figures = await measure(name);
      runs.get(name)?.push(figures);
      process.stdout.write(`  round ${round + 1} ${name}: ${JSON.stringify(figures)}\n`);
    }
  }
  return new Map([...runs].map(([name, values]) => [name, medians(values)]));
}
