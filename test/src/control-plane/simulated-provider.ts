import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../cluster/node-process.ts';
import { until } from '../cluster/until.ts';

const SCRIPT = fileURLToPath(new URL('../../dist/simulator/main.js', import.meta.url));

/** A provider as a process that can be killed and scripted. */
export class SimulatedProvider {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly #process: NodeProcess;

  constructor(name: string, place: { readonly address: string; readonly port: number }, running: NodeProcess) {
    this.name = name;
    this.address = place.address;
    this.port = place.port;
    this.#process = running;
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Replaces the simulator's script; see test/src/simulator/simulator-control.ts. */
  async script(script: object): Promise<void> {
    const response = await fetch(`${this.#url}/_simulator/script`, { method: 'POST', body: JSON.stringify(script) });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Fingerprints of the keys it was called with, oldest first. */
  async keysSeen(): Promise<readonly string[]> {
    const response = await fetch(`${this.#url}/_simulator/requests`);
    const { latest } = (await response.json()) as { readonly latest: readonly { readonly keyFingerprint: string }[] };
    return latest.map((request) => request.keyFingerprint);
  }

  get #url(): string {
    return `http://${this.address}:${this.port}`;
  }
}

/** Fast answers: the suites are about who answers, not about how long it takes. */
export async function startSimulatedProvider(name: string, address: string, port: number): Promise<SimulatedProvider> {
  const running = new NodeProcess(name, SCRIPT, [], {
    HEADGATE_BIND: address,
    HEADGATE_SIMULATOR_PORT: String(port),
    HEADGATE_SIMULATOR_FIRST_TOKEN_MS: '5',
    HEADGATE_SIMULATOR_TOKEN_MS: '1',
  });
  await until(`provider ${name}`, 15_000, async () => {
    if (!running.isRunning) throw new Error(running.output);
    return running.output.includes('listening');
  });
  return new SimulatedProvider(name, { address, port }, running);
}
