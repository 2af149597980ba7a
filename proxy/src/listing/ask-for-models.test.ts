import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'undici';
import type { Authorizer } from '../signing/authorizer.ts';
import type { Connection, Provider } from '../snapshot/snapshot.ts';
import { askForModels } from './ask-for-models.ts';

let server: Server;
let url: string;
let seen: { path: string | undefined; headers: IncomingMessage['headers'] }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let pools: Pool[];
let stopping: AbortController;

beforeEach(async () => {
  seen = [];
  pools = [];
  stopping = new AbortController();
  server = createServer((request, response) => {
    seen.push({ path: request.url, headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function connection(key: string, more: Partial<Connection> = {}): Connection {
  const dispatcher = new Pool(url);
  pools.push(dispatcher);
  const requestHeaders = ['content-type', 'application/json', 'user-agent', 'headgate/1', 'authorization', `Bearer ${key}`];
  return { origin: { url }, dispatcher, requestHeaders, authorizer: undefined, ...more } as Connection;
}

const ask = (connections: readonly Connection[], more: { readonly totalMs?: number } = {}): ReturnType<typeof askForModels> => {
  const provider = { resource: { listing: { path: '/v1/models?limit=1000', subject: 's' } }, connections } as Provider;
  return askForModels(provider, { stop: stopping.signal, explain: () => 'the network', ...more });
};
const json = (body: unknown, status = 200) => {
  return (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(status).end(JSON.stringify(body));
};

describe('asking a provider for its models', () => {
  test('uses the key of calls, and no header that speaks of a body', async () => {
    answer = json({ data: [{ id: 'b' }, { id: 'a' }] });
    expect(await ask([connection('k')])).toEqual({ type: 'listed', models: [{ name: 'a' }, { name: 'b' }] });
    expect(seen).toMatchObject([{ path: '/v1/models?limit=1000', headers: { authorization: 'Bearer k', 'user-agent': 'headgate/1' } }]);
    expect(seen[0]?.headers).not.toHaveProperty('content-type');
  });

  test('follows pages to the last', async () => {
    answer = (request, response) => {
      const last = request.url?.includes('after_id=x%20y') === true;
      const page = last ? { data: [{ id: 'c' }], has_more: false, last_id: 'c' } : { data: [{ id: 'x' }], has_more: true, last_id: 'x y' };
      response.end(JSON.stringify(page));
    };
    expect(await ask([connection('k')])).toEqual({ type: 'listed', models: [{ name: 'c' }, { name: 'x' }] });
    expect(seen.map(({ path }) => path)).toEqual(['/v1/models?limit=1000', '/v1/models?limit=1000&after_id=x%20y']);
  });

  test('tries the next key or pod, and the last reason is the one that is told', async () => {
    answer = (request, response) => {
      if (request.headers.authorization === 'Bearer good') response.end('{"data":[{"id":"a"}]}');
      else response.writeHead(401).end('{"error":{"message":"Incorrect API key provided: bad"}}');
    };
    expect(await ask([connection('bad'), connection('good')])).toMatchObject({ type: 'listed' });
    expect(await ask([connection('bad')])).toEqual({ type: 'failed', reason: `GET ${url}/v1/models answered 401` });
    expect(seen).toHaveLength(3);
    expect(await ask([])).toEqual({ type: 'failed', reason: 'the provider has no ready address' });
  });

  test('does not follow redirects', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    expect(await ask([connection('k')])).toEqual({ type: 'failed', reason: `GET ${url}/v1/models answered 302` });
  });

  test('an answer without end is left at its bound', async () => {
    answer = (_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    };
    expect(await ask([connection('k')])).toEqual({ type: 'failed', reason: `GET ${url}/v1/models answered more than can be read` });
  });

  test('what is no list is a failure, and so is a connection that breaks', async () => {
    answer = (_request, response) => void response.end('<html>');
    expect(await ask([connection('k')])).toEqual({ type: 'failed', reason: 'the answer is not a list of models' });
    answer = (_request, response) => void response.destroy();
    expect(await ask([connection('k')])).toEqual({ type: 'failed', reason: `GET ${url}/v1/models: the network` });
  });

  test('signs where a key cannot be sent, and does not ask when that fails', async () => {
    answer = json({ data: [] });
    const asked: unknown[] = [];
    const authorizer: Authorizer = {
      signsBody: false,
      authorize: (request) => {
        asked.push(request);
        return { type: 'headers', headers: ['x-signed', 'yes'] };
      },
      discard: () => undefined,
    };
    expect(await ask([connection('k', { authorizer })])).toEqual({ type: 'listed', models: [] });
    expect(asked).toMatchObject([{ method: 'GET', path: '/v1/models?limit=1000' }]);
    expect(seen[0]?.headers['x-signed']).toBe('yes');
    const refusing: Authorizer = {
      ...authorizer,
      authorize: () => ({ type: 'failure', error: { reason: 'auth', message: 'secret words' } }),
    };
    expect(await ask([connection('k', { authorizer: refusing })])).toEqual({
      type: 'failed',
      reason: `GET ${url}/v1/models could not be authorized (auth)`,
    });
    expect(seen).toHaveLength(1);
  });

  test('takes no longer than its time however slowly page after page comes, and then tries no other key', async () => {
    let pages = 0;
    answer = (_request, response) => {
      pages += 1;
      const page = JSON.stringify({ data: [{ id: `m${pages}` }], has_more: true, last_id: `m${pages}` });
      setTimeout(() => response.end(page), 30);
    };
    const reason = `GET ${url}/v1/models: the time for the whole list was over`;
    expect(await ask([connection('one'), connection('two')], { totalMs: 200 })).toEqual({ type: 'failed', reason });
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer one']));
  });

  test('gets another token after one that was refused', async () => {
    answer = json({}, 401);
    let discarded = 0;
    const authorizer: Authorizer = {
      signsBody: false,
      authorize: () => ({ type: 'headers', headers: ['authorization', 'Bearer token'] }),
      discard: () => {
        discarded += 1;
      },
    };
    expect(await ask([connection('k', { authorizer })])).toMatchObject({ type: 'failed' });
    expect(discarded).toBe(1);
  });

  test('ends at once when the proxy stops', async () => {
    answer = () => stopping.abort();
    expect(await ask([connection('k'), connection('k')])).toEqual({ type: 'failed', reason: `GET ${url}/v1/models: the proxy stops` });
    expect(seen).toHaveLength(1);
  });
});
