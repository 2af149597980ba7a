import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ProviderResource } from '@headgate/crds';
import { afterEach, describe, expect, test } from '@jest/globals';
import { answer, jsonAnswer, openaiAnswer } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { RealtimeUpstream } from '../fakes/realtime-upstream.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { type Script, ScriptedUpstream, type SeenRequest } from '../fakes/scripted-upstream.ts';

/** Providers that want more than a key in a header: what goes over the wire, and what callers notice when it cannot. */

const SIGNING = { type: 'AwsSigV4', region: 'eu-central-1', service: 'bedrock' } as const;
const ACCESS_KEY = JSON.stringify({ accessKeyId: 'AKIA1', secretAccessKey: 'secret-1' });
const GOOGLE = { type: 'GoogleServiceAccount', scope: 'https://www.googleapis.com/auth/cloud-platform' } as const;

const closing: (() => Promise<unknown>)[] = [];
const variables: string[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  for (const name of variables.splice(0)) delete process.env[name];
});

function setVariable(name: string, value: string): void {
  process.env[name] = value;
  variables.push(name);
}

async function upstreamOf(...scripts: readonly Script[]): Promise<ScriptedUpstream> {
  const upstream = await ScriptedUpstream.start(...scripts);
  closing.push(() => upstream.close());
  return upstream;
}

async function proxyFor(...providers: readonly ProviderResource[]): Promise<ProxyUnderTest> {
  const policy = policyResource(
    'assistant',
    providers.map(({ name }) => targetOf(name)),
  );
  const proxy = await ProxyUnderTest.start(tableOf(...providers, policy));
  closing.push(() => proxy.close());
  return proxy;
}

/** By the specification, from what arrived. */
function signatureOf({ method, path, headers, body }: SeenRequest, secretKey: string): string {
  const names = /SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '')?.[1] ?? '';
  const lines = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonicalPath = path.split('/').map(encodeURIComponent).join('/');
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const date = headers['x-amz-date'] ?? '';
  const day = date.slice(0, 8);
  const canonical = [method, canonicalPath, '', lines.join(''), names, hash(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, `${day}/eu-central-1/bedrock/aws4_request`, hash(canonical)].join('\n');
  const key = ['eu-central-1', 'bedrock', 'aws4_request'].reduce(hmac, hmac(`AWS4${secretKey}`, day));
  return hmac(key, toSign).toString('hex');
}

/** Asks for a session, as a browser would. */
function openSession(proxy: ProxyUnderTest): Socket {
  const socket = connect(proxy.proxy.dataPort, '127.0.0.1');
  socket.on('error', () => {});
  const upgrade =
    'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  socket.write(`GET /v1/realtime?model=assistant HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${CALLER_KEY}\r\n${upgrade}\r\n`);
  return socket;
}

function uploadTo(proxy: ProxyUnderTest, provider: string): Promise<Response> {
  const body = new FormData();
  body.set('purpose', 'batch');
  body.set('file', new Blob(['{}']), 'a.jsonl');
  const headers = { authorization: `Bearer ${CALLER_KEY}`, 'x-headgate-provider': provider };
  return fetch(`${proxy.url}/v1/files`, { method: 'POST', headers, body });
}

const token = (text: string): Script => jsonAnswer(200, { access_token: text, expires_in: 3600, token_type: 'Bearer' });

describe('AWS', () => {
  test('what arrives carries a signature over itself, and no secret', async () => {
    const upstream = await upstreamOf(openaiAnswer('hello'));
    const proxy = await proxyFor(
      providerResource('aws', [upstream.url], { auth: SIGNING, credentials: [{ name: 'main', secret: ACCESS_KEY, weight: 1 }] }),
    );
    expect((await proxy.call()).status).toBe(200);
    const seen = await upstream.request(0);
    expect(seen.headers['authorization']).toContain(`Signature=${signatureOf(seen, 'secret-1')}`);
    expect(JSON.stringify(seen.headers)).not.toContain('secret-1');
  });

  test('files would be signed over a body that is passed on as it arrives: they are refused', async () => {
    const upstream = await upstreamOf(openaiAnswer('hello'));
    const proxy = await proxyFor(
      providerResource('aws', [upstream.url], { auth: SIGNING, credentials: [{ name: 'main', secret: ACCESS_KEY, weight: 1 }] }),
    );
    const answered = await uploadTo(proxy, 'team/aws');
    expect([answered.status, JSON.stringify(await answered.json())]).toEqual([400, expect.stringContaining('signs its requests')]);
    expect(upstream.requests).toHaveLength(0);
  });

  test('a session cannot be signed: the provider is passed over', async () => {
    const upstream = await upstreamOf(openaiAnswer('hello'));
    const proxy = await proxyFor(
      providerResource('aws', [upstream.url], { auth: SIGNING, credentials: [{ name: 'main', secret: ACCESS_KEY, weight: 1 }] }),
    );
    const [head] = (await once(openSession(proxy), 'data')) as [Buffer];
    expect(head.toString('latin1')).toMatch(/^HTTP\/1.1 503/);
    expect(upstream.requests).toHaveLength(0);
  });

  test("the pod's identity: the projected token goes to STS once, requests are signed with what comes back", async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const keys = `<Credentials><AccessKeyId>ASIA2</AccessKeyId><SecretAccessKey>secret-2</SecretAccessKey><SessionToken>session-2</SessionToken><Expiration>${until}</Expiration></Credentials>`;
    const sts = await upstreamOf(answer(200, keys, { 'content-type': 'text/xml' }));
    const upstream = await upstreamOf(openaiAnswer('hello'));
    setVariable('AWS_ENDPOINT_URL_STS', sts.url);
    setVariable('AWS_WEB_IDENTITY_TOKEN_FILE', import.meta.filename);
    setVariable('AWS_ROLE_ARN', 'arn:aws:iam::1:role/r');
    const proxy = await proxyFor(providerResource('aws', [upstream.url], { auth: SIGNING, credentials: [] }));
    expect((await Promise.all([proxy.call(), proxy.call(), proxy.call()])).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(sts.requests).toHaveLength(1);
    const seen = await upstream.request(0);
    expect(seen.headers['x-amz-security-token']).toBe('session-2');
    expect(seen.headers['authorization']).toContain(`Signature=${signatureOf(seen, 'secret-2')}`);
  });
});

describe('tokens', () => {
  const fromPod = (name: string, upstream: ScriptedUpstream): ProviderResource =>
    providerResource(name, [upstream.url], { auth: GOOGLE, credentials: [] });

  test('are fetched by the first request and used by all', async () => {
    const metadata = await upstreamOf(token('token-1'));
    const upstream = await upstreamOf(openaiAnswer('hello'));
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(fromPod('vertex', upstream));
    for (let i = 0; i < 3; i++) expect((await proxy.call()).status).toBe(200);
    expect(metadata.requests.map(({ headers }) => headers['metadata-flavor'])).toEqual(['Google']);
    expect(upstream.requests.map(({ headers }) => headers['authorization'])).toEqual(Array(3).fill('Bearer token-1'));
  });

  test('that the provider refuses are replaced, while the call goes to the next target', async () => {
    const metadata = await upstreamOf(token('token-1'), token('token-2'));
    const upstream = await upstreamOf(
      jsonAnswer(401, { error: { code: 401, message: 'expired', status: 'UNAUTHENTICATED' } }),
      openaiAnswer('hello'),
    );
    const spare = await upstreamOf(openaiAnswer('spare'));
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(fromPod('vertex', upstream), providerResource('spare', [spare.url]));
    expect((await proxy.call()).headers.get('x-headgate-target')).toContain('/spare/');
    // The key is left alone for a minute; as if it had passed:
    for (const { signals } of proxy.endpoints()) signals.credential.state = 'Active';
    expect((await proxy.call()).headers.get('x-headgate-target')).toContain('/vertex/');
    expect(upstream.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test.each<[string, Script, object]>([
    ['refused', jsonAnswer(403, { error: 'access_denied' }), { state: 'Rejected' }],
    ['limited', answer(429, '', { 'retry-after': '9' }), { state: 'RateLimited' }],
    ['out of order', jsonAnswer(500, {}), { state: 'Active' }],
  ])(
    'a token endpoint that is %s sends nothing to the provider, fails over and says what it means for the key',
    async (_what, script, credential) => {
      const metadata = await upstreamOf(script);
      const upstream = await upstreamOf(openaiAnswer('hello'));
      const spare = await upstreamOf(openaiAnswer('spare'));
      setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
      const proxy = await proxyFor(fromPod('vertex', upstream), providerResource('spare', [spare.url]));
      const answered = await proxy.call();
      expect([answered.status, answered.headers.get('x-headgate-target')]).toEqual([200, expect.stringContaining('/spare/')]);
      expect(upstream.requests).toHaveLength(0);
      expect(proxy.endpoints()[0]?.signals).toMatchObject({ inFlight: 0, credential });
    },
  );

  test('without any other target the caller is told why, in words that hold no secret', async () => {
    const metadata = await upstreamOf(jsonAnswer(403, { error: 'access_denied', error_description: 'no such account' }));
    const upstream = await upstreamOf(openaiAnswer('hello'));
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(fromPod('vertex', upstream));
    const told = JSON.stringify(await (await proxy.call()).json());
    expect(told).toContain("the cluster's metadata server refused with 403 (access_denied: no such account)");
  });

  test('go with files as well, and are replaced when they are refused there', async () => {
    const metadata = await upstreamOf(token('token-1'), token('token-2'));
    const file = { id: 'file-1', object: 'file', filename: 'a.jsonl' };
    const upstream = await upstreamOf(jsonAnswer(401, { error: { message: 'expired' } }), jsonAnswer(200, file));
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(fromPod('vertex', upstream));
    const upload = (): Promise<Response> => uploadTo(proxy, 'team/vertex');
    expect((await upload()).status).toBe(502);
    expect(await (await upload()).json()).toMatchObject({ id: expect.stringMatching(/^hg_/) });
    expect(upstream.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  test('go with the handshake of a session', async () => {
    const metadata = await upstreamOf(token('token-1'));
    const upstream = await RealtimeUpstream.start();
    closing.push(() => upstream.close());
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(providerResource('vertex', [upstream.url], { auth: GOOGLE, credentials: [] }));
    const socket = openSession(proxy);
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString('latin1')).toMatch(/^HTTP\/1.1 101/);
    socket.destroy();
    expect(upstream.last.request.headers.authorization).toBe('Bearer token-1');
  });

  test('a proxy that ends while a token for a session is fetched opens none', async () => {
    let release: (() => void) | undefined;
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    const metadata = await upstreamOf([{ type: 'wait', until }, ...token('token-1')]);
    const upstream = await RealtimeUpstream.start();
    closing.push(() => upstream.close());
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(providerResource('vertex', [upstream.url], { auth: GOOGLE, credentials: [] }));
    const socket = openSession(proxy);
    await metadata.request(0);
    const closed = once(socket, 'close');
    await proxy.close();
    release?.();
    await closed;
    await proxy.idle();
    expect(upstream.sessions).toHaveLength(0);
  });

  test('that cannot be had are told, and nothing is uploaded', async () => {
    const metadata = await upstreamOf(jsonAnswer(403, { error: 'access_denied' }));
    const upstream = await upstreamOf(openaiAnswer('hello'));
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(fromPod('vertex', upstream));
    const answered = await uploadTo(proxy, 'team/vertex');
    expect([answered.status, JSON.stringify(await answered.json())]).toEqual([502, expect.stringContaining('refused with 403')]);
    expect(upstream.requests).toHaveLength(0);
  });

  test('a caller that goes away while a token is fetched frees its slot, and nothing is sent', async () => {
    let release: (() => void) | undefined;
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    const metadata = await upstreamOf([{ type: 'wait', until }, ...token('token-1')]);
    const upstream = await upstreamOf(openaiAnswer('hello'));
    setVariable('GCE_METADATA_HOST', `127.0.0.1:${metadata.port}`);
    const proxy = await proxyFor(fromPod('vertex', upstream));
    const leaving = new AbortController();
    const call = proxy.call({ signal: leaving.signal });
    await metadata.request(0);
    expect(proxy.endpoints()[0]?.signals.inFlight).toBe(1);
    leaving.abort();
    await expect(call).rejects.toThrow();
    await proxy.accessLines(1);
    release?.();
    expect(proxy.endpoints()[0]?.signals.inFlight).toBe(0);
    expect(upstream.requests).toHaveLength(0);
  });
});
