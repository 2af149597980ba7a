/**
 * Entry point of the simulated provider. Environment: HEADGATE_SIMULATOR_PORT (8089; 0 = any free port), HEADGATE_BIND
 * (127.0.0.1), HEADGATE_SIMULATOR_FIRST_TOKEN_MS (120), HEADGATE_SIMULATOR_TOKEN_MS (15).
 */
import type { AddressInfo } from 'node:net';
import { createSimulator } from './simulator-server.ts';

const MODELS = ['sim-large', 'sim-small', 'sim-embed'];

function numberFromEnvironment(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`simulator: ${name} must be a number >= 0, not "${text}"`);
  process.exit(2);
}

const port = numberFromEnvironment('HEADGATE_SIMULATOR_PORT', 8089);
const bind = process.env['HEADGATE_BIND'] ?? '127.0.0.1';
const server = createSimulator({
  defaults: {
    firstTokenMs: numberFromEnvironment('HEADGATE_SIMULATOR_FIRST_TOKEN_MS', 120),
    tokenMs: numberFromEnvironment('HEADGATE_SIMULATOR_TOKEN_MS', 15),
  },
  models: MODELS,
  nowMs: Date.now,
});

server.on('error', (error) => {
  console.error(`simulator: cannot listen on ${bind}:${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, bind, () => {
  console.log(`simulator: listening on http://${bind}:${(server.address() as AddressInfo).port}`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    // Answers in flight are let finish; idle keep-alive connections are not waited for.
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 10_000).unref();
  });
