import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../support/clock.ts';
import { DispatcherPool } from './dispatcher-pool.ts';
import { ADDRESS_REFUSED, type ConnectSettings } from './guarded-connector.ts';
import { HostResolver } from './host-resolver.ts';

const OPEN: ConnectSettings = { connectMs: 2_000, tls: undefined, privateAddressesAllowed: true };
const PUBLIC_ONLY: ConnectSettings = { ...OPEN, privateAddressesAllowed: false };

const servers: (Server | TlsServer)[] = [];
const pools: DispatcherPool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: Parameters<typeof createServer>[1]): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(handler);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** A pool whose names all resolve to the given addresses. */
function poolOf(addresses: readonly string[], retireAfterMs = 60_000): DispatcherPool {
  const lookup = () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  const pool = new DispatcherPool({ resolver: new HostResolver(lookup, systemClock), retireAfterMs });
  pools.push(pool);
  return pool;
}

async function get(pool: DispatcherPool, origin: string, settings: ConnectSettings): Promise<string> {
  const { statusCode, body } = await pool.acquire(origin, settings).request({ path: '/', method: 'GET' });
  return `${statusCode} ${await body.text()}`;
}

describe('DispatcherPool', () => {
  test('one pool per origin and way of connecting', () => {
    const pool = poolOf([]);
    const first = pool.acquire('https://a.example.com', PUBLIC_ONLY);
    expect(pool.acquire('https://a.example.com', { ...PUBLIC_ONLY })).toBe(first);
    expect(pool.acquire('https://b.example.com', PUBLIC_ONLY)).not.toBe(first);
    expect(pool.acquire('https://a.example.com', { ...PUBLIC_ONLY, connectMs: 1 })).not.toBe(first);
    expect(pool.acquire('https://a.example.com', { ...PUBLIC_ONLY, tls: { insecureSkipVerify: true } })).not.toBe(first);
    expect(pool.size).toBe(4);
  });

  test('a name that resolves to an allowed address is reached', async () => {
    const { port } = await serve((_request, response) => response.end('hello'));
    expect(await get(poolOf(['127.0.0.1']), `http://service.example.com:${port}`, OPEN)).toBe('200 hello');
  });

  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '100.64.0.1', '::1', '::ffff:127.0.0.1', 'fd00::1', '64:ff9b::7f00:1'])(
    'a public name that resolves to %s is not dialled (DNS rebinding)',
    async (address) => {
      await expect(get(poolOf([address]), 'http://rebound.example.com:1', PUBLIC_ONLY)).rejects.toMatchObject({ code: ADDRESS_REFUSED });
    },
  );

  test.each(['http://127.0.0.1:1', 'http://[::1]:1', 'http://2130706433:1', 'http://0x7f.1:1', 'http://[::ffff:127.0.0.1]:1'])(
    'a literal address never sees a resolver and is refused all the same: %s',
    async (origin) => {
      await expect(get(poolOf(['192.0.2.1']), origin, PUBLIC_ONLY)).rejects.toMatchObject({ code: ADDRESS_REFUSED });
    },
  );

  test('metadata and link-local addresses are refused even where private ones are allowed', async () => {
    await expect(get(poolOf(['169.254.169.254']), 'http://m.example.com', OPEN)).rejects.toMatchObject({ code: ADDRESS_REFUSED });
    await expect(get(poolOf([]), 'http://169.254.169.254', OPEN)).rejects.toMatchObject({ code: ADDRESS_REFUSED });
  });

  describe('TLS', () => {
    const certificate = readFileSync(join(import.meta.dirname, 'fixtures/localhost.crt'), 'utf8');
    const key = readFileSync(join(import.meta.dirname, 'fixtures/localhost.key'), 'utf8');

    async function getOver(tls: ConnectSettings['tls'], host = 'localhost'): Promise<string> {
      const server = createTlsServer({ cert: certificate, key }, (_request, response) => response.end('private'));
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return get(poolOf(['127.0.0.1']), `https://${host}:${port}`, { ...OPEN, tls });
    }

    test('a certificate nobody vouches for is refused', async () => {
      await expect(getOver(undefined)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    });

    test('the provider’s own CA vouches for it', async () => {
      expect(await getOver({ caPem: certificate, insecureSkipVerify: false })).toBe('200 private');
    });

    test('a certificate of another host is refused, unless serverName says which name to expect', async () => {
      const tls = { caPem: certificate, insecureSkipVerify: false };
      await expect(getOver(tls, 'model.example.com')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      expect(await getOver({ ...tls, serverName: 'localhost' }, 'model.example.com')).toBe('200 private');
    });

    test('insecureSkipVerify takes whatever is shown', async () => {
      expect(await getOver({ insecureSkipVerify: true }, 'model.example.com')).toBe('200 private');
    });
  });

  test('of several addresses only the allowed ones are used', async () => {
    const { port } = await serve((_request, response) => response.end('allowed'));
    expect(await get(poolOf(['169.254.169.254', '127.0.0.1']), `http://mixed.example.com:${port}`, OPEN)).toBe('200 allowed');
  });

  test('a pool that left the table finishes its requests, then closes its sockets', async () => {
    const answer = Promise.withResolvers<void>();
    const { server, port } = await serve((_request, response) => {
      response.write('first ');
      void answer.promise.then(() => response.end('last'));
    });
    const pool = poolOf(['127.0.0.1'], 0);
    const origin = `http://service.example.com:${port}`;
    const socketClosed = new Promise<void>((resolve) => {
      server.on('connection', (socket) => socket.on('close', () => resolve()));
    });
    const { body } = await pool.acquire(origin, OPEN).request({ path: '/', method: 'GET' });
    pool.retain(new Set());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pool.size).toBe(0);
    answer.resolve();
    expect(await body.text()).toBe('first last');
    await socketClosed;
  });

  test('a request that kept the old snapshot may still use a retired pool', async () => {
    const { port } = await serve((_request, response) => response.end('late'));
    const pool = poolOf(['127.0.0.1']);
    const origin = `http://service.example.com:${port}`;
    const old = pool.acquire(origin, OPEN);
    pool.retain(new Set());
    const { body } = await old.request({ path: '/', method: 'GET' });
    expect(await body.text()).toBe('late');
  });

  test('an edit that is taken back gets the same pool again', () => {
    const pool = poolOf([]);
    const first = pool.acquire('https://a.example.com', PUBLIC_ONLY);
    pool.retain(new Set());
    expect(pool.acquire('https://a.example.com', PUBLIC_ONLY)).toBe(first);
  });

  test('no connection is shared and none is capped: 300 requests at once are 300 sockets', async () => {
    let open = 0;
    const all = Promise.withResolvers<void>();
    const { port } = await serve((_request, response) => {
      open += 1;
      if (open === 300) all.resolve();
      void all.promise.then(() => response.end());
    });
    const pool = poolOf(['127.0.0.1']);
    await Promise.all(Array.from({ length: 300 }, () => get(pool, `http://service.example.com:${port}`, OPEN)));
    expect(open).toBe(300);
  });
});
