import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DispatcherPool } from '../snapshot/dispatcher-pool.ts';
import { listen } from '../support/listen.ts';
import { type ClosableTokenFetch, createTokenFetch } from './token-fetch.ts';

let server: Server;
let url: string;
let tokens: ClosableTokenFetch;
const dispatchers = new DispatcherPool();
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/elsewhere') response.writeHead(302, { location: '/token' }).end();
    else response.writeHead(200, { 'x-request-id': '7' }).end('ok');
  });
  url = `http://127.0.0.1:${await listen(server, { port: 0, host: '127.0.0.1' })}`;
  // As the proxy makes it.
  tokens = createTokenFetch(dispatchers.connectorFor({ connectMs: 500, tls: undefined, privateAddressesAllowed: false }));
});

afterAll(async () => {
  await tokens.close();
  await dispatchers.destroy();
  server.close();
});

const get = (to: string, realm: 'public' | 'pod') => tokens.fetch({ url: to, method: 'GET', headers: {}, realm });

test('what the pod itself is given may be on loopback, and is answered whole', async () => {
  const { status, body, header } = await get(`${url}/token`, 'pod');
  expect([status, body, header('x-request-id'), header('none')]).toEqual([200, 'ok', '7', undefined]);
});

test('redirects are answers', async () => {
  expect((await get(`${url}/elsewhere`, 'pod')).status).toBe(302);
  expect(asked.at(-1)).toBe('/elsewhere');
});

describe('a token endpoint of a vendor is never inside', () => {
  test.each([
    'http://127.0.0.1:1/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'http://[::1]:1/',
    'http://localhost:1/',
  ])('%s is refused before a byte is sent', async (inside) => {
    await expect(get(inside, 'public')).rejects.toMatchObject({ code: 'HEADGATE_ADDRESS_REFUSED' });
  });
});
