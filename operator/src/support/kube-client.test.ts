import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from './fake-clock.ts';
import { KubeconfigConnection } from './kube-client.ts';
import type { ConnectionTarget } from './kube-connection.ts';

let folder: string;
let clock: FakeClock;
let connection: KubeconfigConnection;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-client-'));
  clock = new FakeClock();
  await writeFile(join(folder, 'ca.crt'), 'first');
  await writeKubeconfig({ 'certificate-authority': 'ca.crt' }, { token: 'one' });
  connection = new KubeconfigConnection(clock, join(folder, 'kubeconfig'));
});

afterEach(async () => {
  await connection.close();
  await rm(folder, { recursive: true });
});

async function writeKubeconfig(cluster: object, user: object, modifiedS = 1): Promise<void> {
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://kube.example:6443/prefix/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(config));
  await utimes(join(folder, 'kubeconfig'), modifiedS, modifiedS);
}

async function target(): Promise<ConnectionTarget> {
  const answer = await connection.target();
  if (answer.type === 'error') throw new Error(answer.error.message);
  return answer.value;
}

test('the target names origin, path prefix and authentication', async () => {
  expect(await target()).toMatchObject({
    origin: 'https://kube.example:6443',
    basePath: '/prefix',
    headers: { authorization: 'Bearer one' },
  });
});

describe('the dispatcher', () => {
  test('is the same for every request', async () => {
    const { dispatcher } = await target();
    for (let i = 0; i < 5; i++) expect((await target()).dispatcher).toBe(dispatcher);
  });

  test('is a new one as soon as the CA on disk is another', async () => {
    const { dispatcher } = await target();
    await writeFile(join(folder, 'ca.crt'), 'second');
    const renewed = (await target()).dispatcher;
    expect(renewed).not.toBe(dispatcher);
    expect((await target()).dispatcher).toBe(renewed);
  });

  test('is a new one when the client certificate changes, and the same when only the token does', async () => {
    const before = (await target()).dispatcher;
    await writeKubeconfig({ 'certificate-authority': 'ca.crt' }, { token: 'two' }, 2);
    await clock.advance(10_000);
    const { dispatcher, headers } = await target();
    expect(headers['authorization']).toBe('Bearer two');
    expect(dispatcher).toBe(before);
    const certificate = { 'client-certificate-data': 'YQ==', 'client-key-data': 'Yg==' };
    await writeKubeconfig({ 'certificate-authority': 'ca.crt' }, certificate, 3);
    await clock.advance(10_000);
    expect((await target()).dispatcher).not.toBe(before);
  });
});

describe('a configuration that cannot be used is an error of the request', () => {
  test.each([
    ['plain HTTP without leave', { server: 'http://kube.example' }],
    ['no address', { server: '' }],
    ['a missing CA', { 'certificate-authority': 'none.crt' }],
  ])('%s', async (_what, cluster) => {
    await writeKubeconfig(cluster, { token: 'one' }, 2);
    expect(await connection.target()).toMatchObject({ type: 'error', error: { status: 0, reason: 'ClientConfiguration' } });
  });

  test('and mended as soon as the file is', async () => {
    await writeKubeconfig({ 'certificate-authority': 'none.crt' }, { token: 'one' }, 2);
    expect((await connection.target()).type).toBe('error');
    await writeFile(join(folder, 'none.crt'), 'late');
    expect((await connection.target()).type).toBe('ok');
  });

  test('unless a good one was read before: a half-written file changes nothing', async () => {
    await target();
    await writeFile(join(folder, 'kubeconfig'), '{"clusters": [');
    await clock.advance(10_000);
    expect((await target()).headers['authorization']).toBe('Bearer one');
  });
});
