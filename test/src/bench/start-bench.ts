import { median, round3 } from './figures.ts';
import { benchTable, startHeadgate } from './headgate.ts';

export interface StartFigures {
  readonly readyMs: number;
  readonly idleRssMib: number;
}

const PORT = 18_200;
const SETTLE_MS = 3000;

/** Process start to `GET /readyz` = 200, and resident memory 3 s later with nothing to do; medians. */
export async function measureStart(folder: string, upstreamPort: number, rounds: number): Promise<StartFigures> {
  const ready: number[] = [];
  const rss: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const proxy = startHeadgate(folder, PORT, benchTable(upstreamPort, 10));
    await untilReady();
    ready.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    rss.push(proxy.rssMib());
    await proxy.stop();
  }
  return { readyMs: round3(median(ready)), idleRssMib: round3(median(rss)) };
}

async function untilReady(): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const ok = await fetch(`http://127.0.0.1:${PORT + 1}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('the proxy did not become ready within 10 s');
}
