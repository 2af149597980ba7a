#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { optionsFromEnvironment } from './proxy-options.ts';
import { type RunningProxy, startProxy } from './start-proxy.ts';

/** MB of young generation per half: p99 and RSS fall at equal throughput (reference/performance.md, flags). */
const SEMI_SPACE_MB = 16;
/** A write of the log takes microseconds. */
const STUCK_MS = 200;

/** The flag works best on the command line; this is for whoever starts the file directly. */
function tuneHeap(): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((text) => text.includes('semi-space-size'));
  if (!given) setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE_MB}`);
}

function fail(message: string): never {
  process.stderr.write(`headgate proxy: ${message}\n`);
  process.exit(1);
}

function explainStartError(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === 'EADDRINUSE') return `port ${port} is already in use`;
  if (code === 'EACCES') return `port ${port} may not be used by this user`;
  return message;
}

/** One defect must not end every request of the process: it is logged, counted and contained. */
function containDefects(proxy: RunningProxy): void {
  const contain = (where: string) => (error: unknown) => {
    proxy.metrics.internalErrors.handle({ where }).value += 1;
    proxy.logger.error({ err: error }, `${where} outside any request`);
  };
  process.on('uncaughtException', contain('uncaught-exception'));
  process.on('unhandledRejection', contain('unhandled-rejection'));
}

/** Ends the process; by force when its log is stuck, for an exit waits for writes that the system has in hand. */
function leave(proxy: RunningProxy, code: number): void {
  if (!proxy.logIsStuck) process.exit(code);
  setTimeout(() => {
    if (proxy.logIsStuck) process.kill(process.pid, 'SIGKILL');
    process.exit(code);
  }, STUCK_MS);
}

function stopOnSignals(proxy: RunningProxy): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      leave(proxy, 1);
      return;
    }
    stopping = true;
    proxy.drain().then(
      () => leave(proxy, 0),
      () => leave(proxy, 1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

tuneHeap();
const parsed = optionsFromEnvironment(process.env);
if (parsed.type === 'invalid') fail(parsed.message);
const proxy = await startProxy(parsed.options).catch((error: unknown) => fail(explainStartError(error)));
containDefects(proxy);
stopOnSignals(proxy);
