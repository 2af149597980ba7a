import type { OperatorMetrics } from '../report/operator-metrics.ts';
import type { Logger } from '../support/logger.ts';

/** An error that nobody caught is a bug; it is logged and counted, and the table goes on being served. */
export function survive(log: Logger, metrics: OperatorMetrics): void {
  const note = (error: unknown): void => {
    metrics.countUnhandled();
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'unhandled error');
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
}
