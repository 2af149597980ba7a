import { readFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { createServer, get, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DispatcherPool } from '../../snapshot/dispatcher-pool.ts';
import { ADDRESS_REFUSED, type ConnectSettings } from '../../snapshot/guarded-connector.ts';
import { guardedAgent } from './guarded-agent.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../snapshot/fixtures/${name}`, import.meta.url), 'utf8');
const CERTIFICATE = fixture('localhost.crt');
const TRUSTING: ConnectSettings = {
  connectMs: 2000,
  tls: { caPem: CERTIFICATE, insecureSkipVerify: false },
  privateAddressesAllowed: true,
};

let server: Server;
let origin: string;
const pool = new DispatcherPool();

beforeAll(async () => {
  server = createServer({ cert: CERTIFICATE, key: fixture('localhost.key') }, (_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await pool.destroy();
});

/** The body, or the code of the failure. */
function fetchOver(settings: ConnectSettings, url = origin): Promise<string> {
  const agent = guardedAgent(url, pool.connectorFor(settings));
  return new Promise((resolve) => {
    const ask = url.startsWith('https:') ? get : httpGet;
    const request = ask(url, { agent }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

test('TLS to a provider is verified against its own authority', async () => {
  expect(await fetchOver(TRUSTING)).toBe('hello');
  expect(await fetchOver({ ...TRUSTING, tls: undefined })).toMatch(/CERT|SELF_SIGNED/);
});

test('addresses that must not be dialled are not, by name or by number, over either scheme', async () => {
  const settings = { ...TRUSTING, privateAddressesAllowed: false };
  expect(await fetchOver(settings)).toBe(ADDRESS_REFUSED);
  for (const url of ['https://127.0.0.1:1', 'http://127.0.0.1:1', 'http://169.254.169.254', 'http://[::1]:1']) {
    expect([url, await fetchOver(settings, url)]).toEqual([url, ADDRESS_REFUSED]);
  }
});
