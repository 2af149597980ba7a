import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAdmin, listenAdmin } from './admin.ts';
import { OperatorMetrics } from './report/operator-metrics.ts';

describe('the admin port', () => {
  let server: Server;
  let base = '';
  let notReady: string | undefined;
  const metrics = new OperatorMetrics();
  beforeEach(async () => {
    notReady = undefined;
    server = await listenAdmin(createAdmin({ metrics, notReady: () => notReady, status: () => ({ revision: 7 }) }), 0, '127.0.0.1');
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );

  test('is healthy while the process runs, and ready when nothing is in the way', async () => {
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    notReady = 'no table is published yet';
    const response = await fetch(`${base}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('no table is published yet\n');
  });

  test('shows status as JSON', async () => {
    expect(await (await fetch(`${base}/status`)).json()).toEqual({ revision: 7 });
  });

  test('has every counter on /metrics before it moves', async () => {
    metrics.readGaugesFrom(() => ({ revision: 9, leader: true, connectedProxies: 3, staleProxies: 1, shrinkHeld: false, objects: 12 }));
    metrics.count('status_writes_total', { outcome: 'ok' });
    metrics.observeConvergence(20);
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toContain('headgate_config_revision 9');
    expect(text).toContain('headgate_connected_proxies 3');
    expect(text).toContain('headgate_operator_status_writes_total{outcome="ok"} 1');
    expect(text).toContain('headgate_config_convergence_seconds_bucket{le="0.025"} 1');
  });

  test('changes nothing: other methods and paths are not there', async () => {
    expect((await fetch(`${base}/status`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${base}/`)).status).toBe(404);
  });
});
