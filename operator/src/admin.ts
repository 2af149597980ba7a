import { createServer, type Server } from 'node:http';
import express, { type Express } from 'express';
import type { OperatorMetrics } from './report/operator-metrics.ts';

export interface AdminPages {
  readonly metrics: OperatorMetrics;
  /** Undefined = ready; otherwise why not. */
  readonly notReady: () => string | undefined;
  /** Body of GET /status. */
  readonly status: () => object;
}

/** The operator's admin port: health, metrics and status, never anything that changes something. */
export function createAdmin(pages: AdminPages): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const reason = pages.notReady();
    response
      .status(reason === undefined ? 200 : 503)
      .type('text/plain')
      .send(`${reason ?? 'ok'}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    const text = await pages.metrics.registry.metrics();
    response.type(pages.metrics.registry.contentType).send(text);
  });
  app.get('/status', (_request, response) => {
    response.json(pages.status());
  });
  return app;
}

/** Listens for the admin pages; port 0 picks a free one. Rejects when the port cannot be bound. */
export async function listenAdmin(app: Express, port: number, host: string | undefined): Promise<Server> {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  return server;
}
