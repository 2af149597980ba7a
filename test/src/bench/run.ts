// Entry of `make bench`: measures, then writes test/bench/results.json and RESULTS.md.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { alternate, type GatewayName, measureStreams, measureUnary, startMock, UPSTREAM_PORT } from './gateway-bench.ts';
import { bundleProxy } from './headgate.ts';
import { measurePropagation } from './propagation-bench.ts';
import { type BenchResults, goals, renderReport } from './report.ts';
import { measureStart } from './start-bench.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
const ALL: readonly GatewayName[] = ['bare node', 'headgate', 'nginx'];
const POLICY_COUNTS = [10, 1000, 10_000];

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function firstLine(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split('\n')[0] ?? '';
}

function requireTools(): void {
  const missing = ['nginx', 'wrk', 'taskset'].filter((tool) => {
    try {
      execFileSync('which', [tool], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return;
  process.stderr.write(`make bench needs ${missing.join(', ')}: install Debian's nginx-light, wrk and util-linux\n`);
  process.exit(1);
}

async function measureAll(folder: string): Promise<Omit<BenchResults, 'date' | 'machine' | 'versions'>> {
  const record = <T>(map: ReadonlyMap<GatewayName, T>): Record<GatewayName, T> => Object.fromEntries(map) as Record<GatewayName, T>;
  say('1 KB unary');
  const unary1k = record(await alternate(ALL, ROUNDS, (name) => measureUnary(name, folder, { bytes: 1024, seconds: SECONDS })));
  say('32 KB unary');
  const unary32k = record(await alternate(ALL, ROUNDS, (name) => measureUnary(name, folder, { bytes: 32_768, seconds: SECONDS })));
  say('200 streams');
  const streams200 = record(await alternate(ALL, ROUNDS, (name) => measureStreams(name, folder, { streams: 200, seconds: SECONDS })));
  say('1,000 streams');
  const streams1000 = record(await alternate(ALL, ROUNDS, (name) => measureStreams(name, folder, { streams: 1000, seconds: SECONDS })));
  const policies = [];
  for (const count of POLICY_COUNTS) {
    say(`${count} policies`);
    const runs = await alternate(['headgate'], ROUNDS, (name) =>
      measureUnary(name, folder, { bytes: 1024, seconds: SECONDS, policies: count }),
    );
    const figures = runs.get('headgate');
    if (figures !== undefined) policies.push({ policies: count, figures });
  }
  say('start and idle');
  const start = await measureStart(folder, UPSTREAM_PORT, ROUNDS);
  say('propagation');
  const propagation = await measurePropagation({ policies: 1000, proxies: 20, edits: 100 });
  return { rounds: ROUNDS, seconds: SECONDS, unary1k, unary32k, streams200, streams1000, policies, start, propagation };
}

requireTools();
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
bundleProxy(folder);
const mock = await startMock();
try {
  const figures = await measureAll(folder);
  const results: BenchResults = {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGib: Math.round(totalmem() / 2 ** 30), kernel: release() },
    versions: {
      node: process.version,
      nginx: execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }).trim().replace('nginx version: nginx/', ''),
      headgate: firstLine('git', 'describe', '--always'),
    },
    ...figures,
  };
  const output = resolve(import.meta.dirname, '../../bench');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(output, 'RESULTS.md'), renderReport(results));
  for (const goal of goals(results)) say(`${goal.met ? 'met   ' : 'MISSED'} ${goal.what}: ${goal.measured} (goal ${goal.goal})`);
} finally {
  await mock.stop();
  rmSync(folder, { recursive: true, force: true });
}
