import type { GatewayName, StreamFigures, UnaryFigures } from './gateway-bench.ts';
import type { PropagationFigures } from './propagation-bench.ts';
import type { StartFigures } from './start-bench.ts';

export interface BenchResults {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGib: number; readonly kernel: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly unary1k: Readonly<Record<GatewayName, UnaryFigures>>;
  readonly unary32k: Readonly<Record<GatewayName, UnaryFigures>>;
  readonly streams200: Readonly<Record<GatewayName, StreamFigures>>;
  readonly streams1000: Readonly<Record<GatewayName, StreamFigures>>;
  readonly policies: readonly { readonly policies: number; readonly figures: UnaryFigures }[];
  readonly start: StartFigures;
  readonly propagation: PropagationFigures | { readonly skipped: string };
}

interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

/** The table a reader wants first: each goal with what was measured; a missed one says so. */
export function goals(results: BenchResults): readonly Goal[] {
  const perRequest = results.unary1k.headgate.cpuUsPerRequest / results.unary1k['bare node'].cpuUsPerRequest;
  const perChunk = results.streams200.headgate.cpuUsPerChunk / results.streams200['bare node'].cpuUsPerChunk;
  const perChunk1000 = results.streams1000.headgate.cpuUsPerChunk / results.streams1000['bare node'].cpuUsPerChunk;
  const cpu = results.policies.map((row) => row.figures.cpuUsPerRequest);
  const growth = Math.max(...cpu) / Math.min(...cpu);
  const list: Goal[] = [
    {
      what: 'CPU per 1 KB request, full pipeline / bare pass-through',
      goal: '<= 1.6x',
      measured: ratio(perRequest),
      met: perRequest <= 1.6,
    },
    { what: 'CPU per streamed chunk, 200 streams / bare', goal: '<= 1.3x', measured: ratio(perChunk), met: perChunk <= 1.3 },
    { what: 'CPU per streamed chunk, 1,000 streams / bare', goal: '<= 1.3x', measured: ratio(perChunk1000), met: perChunk1000 <= 1.3 },
    {
      what: 'CPU per request at 10, 1,000, 10,000 policies, largest / smallest',
      goal: '<= 1.2x',
      measured: ratio(growth),
      met: growth <= 1.2,
    },
    { what: 'start to ready', goal: '<= 500 ms', measured: `${results.start.readyMs} ms`, met: results.start.readyMs <= 500 },
    { what: 'idle RSS', goal: '<= 90 MiB', measured: `${results.start.idleRssMib} MiB`, met: results.start.idleRssMib <= 90 },
  ];
  if (!('skipped' in results.propagation)) {
    const { p99Ms } = results.propagation;
    list.push({
      what: 'one edit, 1,000 policies, 20 proxies: API event to last ack, p99',
      goal: '<= 250 ms',
      measured: `${p99Ms} ms`,
      met: p99Ms <= 250,
    });
  }
  return list;
}

function ratio(value: number): string {
  return `${value.toFixed(2)}x`;
}

export function renderReport(results: BenchResults): string {
  const { machine, versions } = results;
  return [
    '# Benchmark results',
    '',
    `${results.date} · ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.kernel} · ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '',
    `One core for the gateway, the other for mock and load; alternated, medians of ${results.rounds} runs of ${results.seconds} s. Read ratios, not absolute times. Made by \`make bench\`.`,
    '',
    table(
      ['what', 'goal', 'measured', ''],
      goals(results).map((goal) => [goal.what, goal.goal, goal.measured, goal.met ? 'met' : '**missed**']),
    ),
    '',
    '## 1 KB unary, 64 connections',
    unaryTable(results.unary1k),
    '## 32 KB unary, 64 connections',
    unaryTable(results.unary32k),
    '## 200 streams, 100 chunks at 20 ms',
    streamTable(results.streams200),
    '## 1,000 streams, 100 chunks at 20 ms',
    streamTable(results.streams1000),
    '## Number of policies (1 KB unary)',
    table(
      ['policies', 'requests/s', 'CPU us/request', 'p50 ms', 'p99 ms', 'RSS MiB'],
      results.policies.map(({ policies, figures }) => [
        policies,
        figures.requestsPerSecond,
        figures.cpuUsPerRequest,
        figures.p50Ms,
        figures.p99Ms,
        figures.rssMib,
      ]),
    ),
    '## Propagation of one edit',
    'skipped' in results.propagation
      ? `Skipped: ${results.propagation.skipped}`
      : table(['policies', 'proxies', 'edits', 'p50 ms', 'p99 ms'], [Object.values(results.propagation)]),
    '',
  ].join('\n');
}

function unaryTable(rows: Readonly<Record<string, UnaryFigures>>): string {
  return `${table(
    ['gateway', 'requests/s', 'CPU us/request', 'p50 ms', 'p99 ms', 'RSS MiB', 'errors'],
    Object.entries(rows).map(([name, f]) => [name, f.requestsPerSecond, f.cpuUsPerRequest, f.p50Ms, f.p99Ms, f.rssMib, f.errors]),
  )}\n`;
}

function streamTable(rows: Readonly<Record<string, StreamFigures>>): string {
  return `${table(
    ['gateway', 'CPU us/chunk', 'TTFT p50 ms', 'TTFT p99 ms', 'gap p99 ms', 'RSS MiB', 'broken', 'lost frames'],
    Object.entries(rows).map(([name, f]) => [
      name,
      f.cpuUsPerChunk,
      f.ttftP50Ms,
      f.ttftP99Ms,
      f.gapP99Ms,
      f.rssMib,
      f.broken,
      f.lostFrames,
    ]),
  )}\n`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}
