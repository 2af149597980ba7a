import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { ProxyMetrics } from './emit/metrics.ts';
import { logSubscription } from './log-subscription.ts';

function linesOf(level: string, use: (listener: ReturnType<typeof logSubscription>) => void): readonly string[] {
  const lines: string[] = [];
  const logger = pino({ level, base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
  use(logSubscription(logger, new ProxyMetrics()));
  return lines.map((line) => {
    const { reason, msg } = JSON.parse(line) as { readonly reason?: string; readonly msg: string };
    return reason === undefined ? msg : `${msg}: ${reason}`;
  });
}

test('why the operator cannot be reached is said once per reason and outage, however often it is tried', () => {
  const lines = linesOf('info', (listener) => {
    for (const reason of ['refused', 'refused', 'refused', 'no such host', 'no such host']) listener.onDisconnected(reason);
    listener.onConnected();
    listener.onDisconnected('refused');
  });
  expect(lines).toEqual([
    'the control stream ended; trying again: refused',
    'the control stream ended; trying again: no such host',
    'following the operator',
    'the control stream ended; trying again: refused',
  ]);
});
