import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FaultApiServer } from './fault-api-server.ts';

const PATH = '/apis/headgate.dev/v1alpha1/namespaces/ns/modelproviders';
const COLLECTION = 'headgate.dev/v1alpha1/modelproviders';

let server: FaultApiServer;

beforeEach(async () => {
  server = await FaultApiServer.start();
});

afterEach(() => server.stop());

function send(method: string, path: string, body?: object, type = 'application/json'): Promise<Response> {
  return fetch(`${server.url()}${path}`, { method, headers: { 'content-type': type }, ...(body && { body: JSON.stringify(body) }) });
}

async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

function put(name: string): void {
  server.objects.put(COLLECTION, { metadata: { name, namespace: 'ns' } });
}

/** The first `lines` lines of a watch. */
async function watch(query: string, lines: number): Promise<readonly Record<string, unknown>[]> {
  const response = await send('GET', `${PATH}?watch=true&${query}`);
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.split('\n').length > lines) break;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('an object goes through create, read, update, patch and delete with the codes of a real server', async () => {
  const created = await json(await send('POST', PATH, { metadata: { name: 'a', namespace: 'ns' }, spec: { x: 1 } }));
  expect((await send('POST', PATH, { metadata: { name: 'a', namespace: 'ns' } })).status).toBe(409);
  expect((await send('PUT', `${PATH}/a`, { metadata: { name: 'a', namespace: 'ns', resourceVersion: '1' } })).status).toBe(409);
  expect((await send('PUT', `${PATH}/a`, created)).status).toBe(200);
  const patched = await json(await send('PATCH', `${PATH}/a`, { spec: { y: 2 } }, 'application/merge-patch+json'));
  expect(patched['spec']).toEqual({ x: 1, y: 2 });
  expect((await send('PATCH', `${PATH}/b/status`, { status: {} }, 'application/apply-patch+yaml')).status).toBe(404);
  expect((await send('DELETE', `${PATH}/a`)).status).toBe(200);
  expect((await send('GET', `${PATH}/a`)).status).toBe(404);
});

test('a list comes in pages', async () => {
  for (const name of ['a', 'b', 'c']) put(name);
  const first = await json(await send('GET', `${PATH}?limit=2`));
  expect(first['items']).toHaveLength(2);
  const token = (first['metadata'] as { readonly continue?: string }).continue;
  const second = await json(await send('GET', `${PATH}?limit=2&continue=${token}`));
  expect(second['items']).toHaveLength(1);
});

test('a watch replays what came after its version and goes on with what comes', async () => {
  put('a');
  const from = server.objects.revision();
  put('b');
  const events = watch(`resourceVersion=${from}`, 2);
  await server.until(() => server.openWatches() === 1);
  server.objects.remove(COLLECTION, 'ns', 'b');
  expect((await events).map((event) => event['type'])).toEqual(['ADDED', 'DELETED']);
});

test('a version that was compacted away gets an ERROR event 410', async () => {
  const from = server.objects.revision();
  put('a');
  server.objects.compact();
  expect(await watch(`resourceVersion=${from}`, 1)).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
});

test('a fault hits as many requests as it was made for', async () => {
  server.fault((request) => request.verb === 'list', {
    type: 'status',
    status: 429,
    reason: 'TooManyRequests',
    headers: { 'retry-after': '3' },
  });
  server.fault((request) => request.verb === 'list', { type: 'reset' });
  const refused = await send('GET', PATH);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
  await expect(send('GET', PATH)).rejects.toThrow();
  expect((await send('GET', PATH)).status).toBe(200);
});
