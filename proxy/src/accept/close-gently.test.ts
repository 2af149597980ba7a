import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { closeGently } from './close-gently.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let server: Server;

afterEach(() => {
  agent.destroy();
  server.closeAllConnections();
});

async function listening(): Promise<number> {
  server = createServer((_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function ask(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

test('a connection that is idle at the moment of closing still answers its next request', async () => {
  const port = await listening();
  expect(await ask(port)).toBe(200);
  const closed = closeGently(server, 300, () => 0);
  // The agent has one connection only, so this request goes over the idle one.
  expect(await ask(port)).toBe(200);
  await closed;
});

test('new connections are refused at once', async () => {
  const port = await listening();
  const closed = closeGently(server, 0, () => 0);
  await expect(ask(port)).rejects.toThrow('ECONNREFUSED');
  await closed;
});

test('it waits while a request is in progress, and ends once everything is quiet', async () => {
  const port = await listening();
  expect(await ask(port)).toBe(200);
  let inFlight = 1;
  let ended = false;
  const closed = closeGently(server, 100, () => inFlight).then(() => {
    ended = true;
  });
  expect(await ask(port)).toBe(200);
  expect(ended).toBe(false);
  inFlight = 0;
  await closed;
  expect(ended).toBe(true);
});
