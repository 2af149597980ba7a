import express, { type Express, type Response } from 'express';
import { describeTable } from './emit/describe-table.ts';
import type { ProxyMetrics } from './emit/metrics.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

export interface AdminContext {
  readonly metrics: ProxyMetrics;
  readonly snapshot: () => Snapshot | undefined;
  readonly draining: () => boolean;
}

/** The admin port: metrics, health, readiness and the redacted table. It changes nothing. */
export function createAdmin(context: AdminContext): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    if (context.draining()) notReady(response, 'shutting down');
    else if (context.snapshot() === undefined) notReady(response, 'no routing table yet');
    else response.type('text').send('ready\n');
  });
  app.get('/metrics', async (_request, response) => {
    response.set('content-type', context.metrics.registry.contentType).send(await context.metrics.registry.metrics());
  });
  app.get('/table', (_request, response) => {
    const snapshot = context.snapshot();
    if (snapshot === undefined) notReady(response, 'no routing table yet');
    else response.json(describeTable(snapshot));
  });
  app.use((_request, response) => {
    response.status(404).type('text').send('Served here: /metrics, /healthz, /readyz, /table\n');
  });
  return app;
}

function notReady(response: Response, reason: string): void {
  response.status(503).type('text').send(`${reason}\n`);
}
