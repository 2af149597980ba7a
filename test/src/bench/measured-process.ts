import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/** Core for the process under test; load generator and mock share the other one. */
export const GATEWAY_CORE = '0';
export const LOAD_CORE = '1';

/** Clock ticks per second in /proc/<pid>/stat (USER_HZ, 100 on every Linux ABI). */
const TICKS_PER_SECOND = 100;

/** A child process whose CPU time and memory are read from /proc, children included. */
export class MeasuredProcess {
  readonly child: ChildProcess;
  readonly pid: number;

  constructor(command: readonly string[], core: string, env: Readonly<Record<string, string>> = {}) {
    this.child = spawn('taskset', ['-c', core, ...command], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (this.child.pid === undefined) throw new Error(`could not start ${command.join(' ')}`);
    this.pid = this.child.pid;
  }

  /** User plus system time in microseconds, of the process and its live children. */
  cpuUs(): number {
    return [this.pid, ...childrenOf(this.pid)].map(cpuTicks).reduce((a, b) => a + b, 0) * (1e6 / TICKS_PER_SECOND);
  }

  /** Resident memory in MiB, of the process and its live children. */
  rssMib(): number {
    const kib = [this.pid, ...childrenOf(this.pid)].map(rssKib).reduce((a, b) => a + b, 0);
    return kib / 1024;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGKILL');
    await gone;
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function rssKib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

/** Resolves once something accepts connections on the port; rejects after 10 s. */
export async function untilListening(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`nothing listens on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
