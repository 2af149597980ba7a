import type { Clock } from '../support/clock.ts';
import { StartError } from './start-error.ts';
import { SupervisedProcess } from './supervised-process.ts';

const SCRIPT = new URL('../../../test/dist/simulator/main.js', import.meta.url);
const START_TIMEOUT_MS = 15_000;

/** The simulated providers as a process of their own, on a port of loopback that it finds itself. */
export class SimulatorProcess {
  readonly #process: SupervisedProcess;
  readonly #clock: Clock;
  readonly #listening: PromiseWithResolvers<string> = Promise.withResolvers<string>();
  /** Kept over restarts, so that the table stays right. */
  #port = '0';

  constructor(clock: Clock, print: (name: string, line: string) => void) {
    this.#clock = clock;
    this.#process = new SupervisedProcess({
      name: 'simulator',
      script: SCRIPT,
      environment: () => ({ HEADGATE_SIMULATOR_PORT: this.#port, HEADGATE_BIND: '127.0.0.1' }),
      clock,
      print: (name, line) => {
        const url = /listening on (http:\/\/\S+:(\d+))/.exec(line);
        if (url === null) return print(name, line);
        this.#port = url[2] ?? '0';
        this.#listening.resolve(url[1] ?? '');
      },
    });
  }

  /** Resolves with its URL. */
  async start(): Promise<string> {
    const timer = this.#clock.setTimeout(() => this.#listening.reject(new StartError('the simulator does not start')), START_TIMEOUT_MS);
    this.#process.start();
    try {
      return await this.#listening.promise;
    } finally {
      timer.cancel();
    }
  }

  stop(graceMs: number): Promise<void> {
    return this.#process.stop(graceMs);
  }
}
