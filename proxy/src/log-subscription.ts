import type { UpdateFrame } from '@headgate/crds';
import type { Logger } from 'pino';
import type { ProxyMetrics } from './emit/metrics.ts';
import type { SubscriberListener } from './snapshot/control-subscriber.ts';

/**
 * Logs and counts what happens on the control stream. Why the operator cannot be reached is said once, not at every
 * attempt: an operator that is away for an hour must not fill the log of every proxy.
 */
export function logSubscription(logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>, metrics: ProxyMetrics): SubscriberListener {
  let said: string | undefined;
  return {
    onConnected: () => {
      said = undefined;
      logger.info('following the operator');
    },
    onDisconnected: (reason) => {
      if (reason === said) logger.debug({ reason }, 'the operator is still not there; trying again');
      else logger.warn({ reason }, 'the control stream ended; trying again');
      said = reason;
    },
    onUpdate: (outcome, frame: UpdateFrame) => {
      metrics.tableUpdates.handle({ outcome: outcome.type }).value += 1;
      if (outcome.type === 'refused')
        logger.error({ revision: frame.revision, reason: outcome.reason }, 'an update of the table was refused');
      for (const { key, reason } of outcome.type === 'applied' ? outcome.rejected : []) {
        logger.error({ key, reason }, 'a resource was refused; its last good form goes on serving');
      }
    },
  };
}
