import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RoutingTable } from '@headgate/crds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DONE, END, OPENAI_ROLE, openaiAnswer, openaiChunk, STREAM_HEAD } from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { ScriptedUpstream } from '../fakes/scripted-upstream.ts';

const MAIN = resolve(import.meta.dirname, '../../../proxy/dist/main.js');

let upstream: ScriptedUpstream;

beforeEach(async () => {
  upstream = await ScriptedUpstream.start(openaiAnswer('well'));
});

afterEach(() => upstream.close());

function table(): RoutingTable {
  return tableOf(providerResource('only', [upstream.url]), policyResource('assistant', [targetOf('only')]));
}

/** A stream that has begun and ends when the test says so. */
function openStream(): { readonly finish: () => void } {
  let finish: () => void = () => {};
  const until = new Promise<void>((done) => {
    finish = done;
  });
  upstream.script([
    STREAM_HEAD,
    OPENAI_ROLE,
    openaiChunk({ content: 'Once' }),
    { type: 'wait', until },
    openaiChunk({}, 'stop'),
    DONE,
    END,
  ]);
  return { finish: () => finish() };
}

describe('a proxy that shuts down', () => {
  test('is not ready, lets a stream finish, and closes connections after their answers', async () => {
    const proxy = await ProxyUnderTest.start(table(), { minDrainMs: 50, drainMs: 10_000 });
    const stream = openStream();
    const response = await proxy.call({ stream: true });
    const drained = proxy.proxy.drain();
    expect((await fetch(`${proxy.adminUrl}/readyz`)).status).toBe(503);
    expect((await fetch(`${proxy.adminUrl}/healthz`)).status).toBe(200);
    upstream.script(openaiAnswer('last call'));
    const late = await proxy.call();
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
    stream.finish();
    expect(await response.text()).toContain('[DONE]');
    await drained;
    await expect(proxy.call()).rejects.toThrow();
  });

  test('tells a stream that does not finish in time, inside the stream', async () => {
    const proxy = await ProxyUnderTest.start(table(), { minDrainMs: 0, drainMs: 100 });
    openStream();
    const response = await proxy.call({ stream: true });
    await proxy.proxy.drain();
    const told = await response.text();
    expect(told).toContain('"code":"shutting_down"');
    expect(told).not.toContain('[DONE]');
    expect(await proxy.accessLines(1)).toMatchObject([{ outcome: 'cut', estimated: true }]);
  });
});

describe('the admin port', () => {
  test('shows the table without a secret in it', async () => {
    const proxy = await ProxyUnderTest.start(table());
    const text = await (await fetch(`${proxy.adminUrl}/table`)).text();
    expect(JSON.parse(text)).toMatchObject({
      revision: 100_000_001,
      resources: {
        'provider/team/only': { body: { credentials: [{ name: 'main', secret: '[redacted]' }] } },
        'consumer/team/caller': { body: { keyHashes: ['[redacted]'] } },
        settings: { body: { keySalt: '[redacted]' } },
      },
    });
    expect(text).not.toMatch(/key-of-only|abababab/);
    await proxy.close();
  });

  test('changes nothing and serves nothing else', async () => {
    const proxy = await ProxyUnderTest.start(table());
    for (const path of ['/', '/v1/models', '/config', '/debug']) expect((await fetch(`${proxy.adminUrl}${path}`)).status).toBe(404);
    expect((await fetch(`${proxy.adminUrl}/table`, { method: 'DELETE' })).status).toBe(404);
    await proxy.close();
  });

  test('counts calls, attempts, tokens and cost under names from the table', async () => {
    const proxy = await ProxyUnderTest.start(table());
    await (await proxy.call()).text();
    await proxy.accessLines(1);
    const labels = 'provider="team/only",model="upstream-model"';
    expect(await proxy.metric('headgate_requests_total{policy="team/assistant",operation="chat",status="200"}')).toBe(1);
    expect(await proxy.metric(`headgate_attempts_total{${labels},outcome="ok"}`)).toBe(1);
    expect(await proxy.metric(`headgate_tokens_total{${labels},kind="input"}`)).toBe(10);
    expect(await proxy.metric(`headgate_tokens_total{${labels},kind="output"}`)).toBe(5);
    expect(await proxy.metric(`headgate_cost_usd_total{${labels}}`)).toBeCloseTo(0.00002, 9);
    await proxy.close();
  });
});

describe('the process', () => {
  let folder: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-proxy-'));
    const whole = gzipSync(JSON.stringify(table()));
    writeFileSync(join(folder, 'table-0'), whole);
    writeFileSync(
      join(folder, 'index.json'),
      JSON.stringify({ revision: 1, sha256: createHash('sha256').update(whole).digest('hex'), shards: 1 }),
    );
  });

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children.length = 0;
    rmSync(folder, { recursive: true, force: true });
  });

  function start(env: Readonly<Record<string, string>>): {
    readonly child: ChildProcess;
    readonly output: () => string;
    readonly exited: Promise<number | null>;
  } {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        HEADGATE_SNAPSHOT_DIR: folder,
        HEADGATE_BIND: '127.0.0.1',
        HEADGATE_DATA_PORT: '0',
        HEADGATE_ADMIN_PORT: '0',
        HEADGATE_MIN_DRAIN_SECONDS: '0',
        ...env,
      },
    });
    children.push(child);
    let output = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      output += bytes.toString('utf8');
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      output += bytes.toString('utf8');
    });
    const exited = new Promise<number | null>((done) => child.on('exit', done));
    return { child, output: () => output, exited };
  }

  async function portsOf(output: () => string): Promise<{ readonly dataPort: number; readonly adminPort: number }> {
    for (;;) {
      const line = output()
        .split('\n')
        .find((text) => text.includes('"msg":"listening"'));
      if (line !== undefined) return JSON.parse(line) as { readonly dataPort: number; readonly adminPort: number };
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  test('serves from the mounted table, and on SIGTERM writes its last log line and exits with 0', async () => {
    const { child, output, exited } = start({});
    const { dataPort, adminPort } = await portsOf(output);
    expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(200);
    const response = await fetch(`http://127.0.0.1:${dataPort}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CALLER_KEY}` },
      body: JSON.stringify({ model: 'assistant', messages: [{ role: 'user', content: 'a secret prompt' }] }),
    });
    expect(response.status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(output()).toContain('"outcome":"answered"');
    expect(output()).not.toMatch(/key-of-only|caller-key|a secret prompt|abababab/);
  });

  test('says in one line that a port is taken, and exits with 1', async () => {
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { output, exited } = start({ HEADGATE_DATA_PORT: String(port), HEADGATE_LOG_LEVEL: 'silent' });
    expect(await exited).toBe(1);
    expect(output()).toBe(`headgate proxy: port ${port} is already in use\n`);
    await new Promise((done) => holder.close(done));
  });

  test('says which setting is wrong, and exits with 1', async () => {
    const { output, exited } = start({ HEADGATE_DATA_PORT: 'eighty' });
    expect(await exited).toBe(1);
    expect(output()).toBe('headgate proxy: HEADGATE_DATA_PORT=eighty is not a whole number\n');
  });
});
