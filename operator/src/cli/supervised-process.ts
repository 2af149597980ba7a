import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { exponentialBackoffMs } from '../support/backoff.ts';
import type { Clock, Timer } from '../support/clock.ts';

const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;
/** A process that ran this long was well; its next death starts from the shortest back-off. */
const WELL_AFTER_MS = 30_000;
const EXIT_WITH_PARENT = new URL('./exit-with-parent.js', import.meta.url).href;

export interface SupervisedProcessOptions {
  /** Prefix of its lines, e.g. `proxy-1`. */
  readonly name: string;
  /** JavaScript file, run by the same Node as this process. */
  readonly script: URL;
  readonly environment: () => Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** One line of its output, or of what happened to it. */
  readonly print: (name: string, line: string) => void;
}

/** A child process that is started again when it dies, with back-off, until it is stopped. */
export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #failures = 0;
  #restart: Timer | undefined;
  #stopping = false;

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
  }

  start(): void {
    const { name, script, environment, clock, print } = this.#options;
    const startedMs = clock.monotonic();
    const child = spawn(process.execPath, ['--import', EXIT_WITH_PARENT, fileURLToPath(script)], {
      env: { ...process.env, ...environment() },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A Ctrl-C goes to everyone in the terminal's process group; this process says itself who ends when, and once.
      detached: true,
    });
    this.#child = child;
    // A child that is already gone breaks the pipe; its exit is handled below.
    child.stdin.on('error', () => undefined);
    this.#forward(child.stdout);
    this.#forward(child.stderr);
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => print(name, `could not be started: ${error.message}`));
      child.once('close', (code, signal) => {
        resolve();
        this.#ended(code === null ? `signal ${signal ?? 'unknown'}` : `exit code ${code}`, startedMs);
      });
    });
  }

  /** Asks it to end, and ends it after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#restart?.cancel();
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return this.#exited;
    const timer = this.#options.clock.setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.kill('SIGTERM');
    await this.#exited;
    timer.cancel();
  }

  #ended(how: string, startedMs: number): void {
    if (this.#stopping) return;
    const { clock, name, print } = this.#options;
    this.#failures = clock.monotonic() - startedMs > WELL_AFTER_MS ? 1 : this.#failures + 1;
    const delayMs = exponentialBackoffMs(this.#failures, BASE_DELAY_MS, MAX_DELAY_MS);
    print(name, `ended (${how}), is started again in ${delayMs} ms`);
    this.#restart = clock.setTimeout(() => this.start(), delayMs);
  }

  #forward(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => this.#options.print(this.#options.name, line));
  }
}
