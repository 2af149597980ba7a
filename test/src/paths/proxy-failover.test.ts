import { createServer } from 'node:net';
import type { ProviderCredential, ResourceBody } from '@headgate/crds';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  answer,
  END,
  jsonAnswer,
  OPENAI_ROLE,
  openaiAnswer,
  openaiChunk,
  openaiCompletion,
  openaiStream,
  STREAM_HEAD,
  send,
} from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { anthropicProvider, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { type Script, ScriptedUpstream } from '../fakes/scripted-upstream.ts';

let first: ScriptedUpstream;
let second: ScriptedUpstream;
let proxy: ProxyUnderTest | undefined;

beforeEach(async () => {
  first = await ScriptedUpstream.start(openaiAnswer('first'));
  second = await ScriptedUpstream.start(openaiAnswer('second'));
});

afterEach(async () => {
  await proxy?.close();
  await Promise.all([first.close(), second.close()]);
});

async function start(...bodies: readonly ResourceBody[]): Promise<ProxyUnderTest> {
  proxy = await ProxyUnderTest.start(tableOf(...bodies));
  return proxy;
}

const failing = (status: number, headers = {}): Script =>
  jsonAnswer(status, { error: { message: `scripted ${status}`, type: 'server_error' } }, headers);
const keys = (...names: readonly string[]): readonly ProviderCredential[] =>
  names.map((name) => ({ name, secret: `secret-${name}`, weight: 1 }));

/** Which key each request came with. */
function keysUsed(upstream: ScriptedUpstream): readonly (string | undefined)[] {
  return upstream.requests.map(({ headers }) => headers['authorization']?.replace('Bearer secret-', ''));
}

describe('the attempts of a call', () => {
  test('are as many as the policy allows', async () => {
    first.script(failing(500));
    second.script(failing(500));
    const call = caller(
      await start(
        providerResource('a', [first.url]),
        providerResource('b', [second.url]),
        policyResource('assistant', [targetOf('a'), targetOf('b')], {
          resilience: { attempts: 1, budgetPercent: 100, whenAllOpen: 'LeastBad' },
        }),
      ),
    );
    const response = await call();
    expect([response.status, response.headers.get('x-headgate-attempts')]).toEqual([500, '1']);
    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  test('go to the same target again when it is the only one and said itself that it failed', async () => {
    first.script(failing(500), failing(503), openaiAnswer('third time'));
    const call = caller(await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    const response = await call();
    expect([response.status, response.headers.get('x-headgate-attempts')]).toEqual([200, '3']);
  });

  test('do not go again to a target that may have done the work', async () => {
    first.script([send('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"id'), { type: 'close' }]);
    const call = caller(await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    expect((await call()).status).toBe(502);
    expect(first.requests).toHaveLength(1);
  });
});

test('a TLS handshake that fails is masked, and explained when nothing is left', async () => {
  const plain = createServer((socket) => {
    socket
      .on('error', () => {})
      .resume()
      .end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
  const address = plain.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const call = caller(
    await start(
      providerResource('a', [`https://127.0.0.1:${port}`]),
      providerResource('b', [second.url]),
      policyResource('assistant', [targetOf('a'), targetOf('b')]),
      policyResource('only', [targetOf('a')], { resilience: { attempts: 1, budgetPercent: 100, whenAllOpen: 'LeastBad' } }),
    ),
  );
  const masked = await call();
  expect([masked.status, masked.headers.get('x-headgate-target')]).toEqual([200, 'team/b/upstream-model']);
  const told = await call({ body: { model: 'only' } });
  expect([told.status, (await errorOf(told))['message']]).toEqual([
    502,
    'Every target failed. team/a/upstream-model: network (TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER)).',
  ]);
  await new Promise((done) => plain.close(done));
});

describe('a key', () => {
  test('that is rate-limited is not used before its Retry-After; the next key is, at once', async () => {
    first.script(failing(429, { 'retry-after': '30' }), openaiAnswer('other key'));
    const call = caller(
      await start(providerResource('a', [first.url], { credentials: keys('one', 'two') }), policyResource('assistant', [targetOf('a')])),
    );
    expect((await call()).headers.get('x-headgate-attempts')).toBe('2');
    for (let i = 0; i < 5; i++) expect((await call()).headers.get('x-headgate-attempts')).toBe('1');
    const [limited, ...others] = keysUsed(first);
    expect(new Set(others)).toEqual(new Set([limited === 'one' ? 'two' : 'one']));
  });

  test('that is the only one and rate-limited: 429 with the time to wait, and no provider is asked meanwhile', async () => {
    first.script(failing(429, { 'retry-after': '30' }));
    const call = caller(await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    const told = await call();
    expect([told.status, told.headers.get('retry-after'), told.headers.get('x-should-retry')]).toEqual([429, '30', 'false']);
    const next = await call();
    expect([next.status, (await errorOf(next))['code']]).toEqual([429, 'rate_limited']);
    expect(Number(next.headers.get('retry-after'))).toBeGreaterThanOrEqual(29);
    expect(first.requests).toHaveLength(1);
  });

  test('that the provider refuses is put aside', async () => {
    first.script(failing(401), openaiAnswer('other key'));
    const call = caller(
      await start(providerResource('a', [first.url], { credentials: keys('one', 'two') }), policyResource('assistant', [targetOf('a')])),
    );
    for (let i = 0; i < 4; i++) expect((await call()).status).toBe(200);
    const [refused, ...others] = keysUsed(first);
    expect(others).not.toContain(refused);
    const states = proxy?.endpoints().map(({ signals }) => [signals.credential.state, signals.breaker.state]);
    expect(states?.sort()).toEqual([
      ['Active', 'closed'],
      ['Rejected', 'closed'],
    ]);
  });
});

describe('a circuit breaker', () => {
  const breaker = { consecutiveFailures: 2, failurePercent: 100, minRequests: 1000, windowMs: 30_000, openMs: 30_000, maxOpenMs: 300_000 };
  const once = { attempts: 1, budgetPercent: 100 } as const;

  test('that opened keeps calls away from its target', async () => {
    first.script(failing(500));
    const call = caller(
      await start(
        providerResource('a', [first.url], { circuitBreaker: breaker }),
        providerResource('b', [second.url]),
        policyResource('assistant', [targetOf('a'), targetOf('b')]),
      ),
    );
    for (let i = 0; i < 5; i++) expect((await call()).status).toBe(200);
    expect([first.requests.length, second.requests.length]).toEqual([2, 5]);
  });

  test('when every one is open: the least bad target is asked, or none, as the policy says', async () => {
    first.script(failing(500));
    const call = caller(
      await start(
        providerResource('a', [first.url], { circuitBreaker: breaker }),
        policyResource('assistant', [targetOf('a')], { resilience: { ...once, whenAllOpen: 'LeastBad' } }),
        policyResource('strict', [targetOf('a')], { resilience: { ...once, whenAllOpen: 'Fail' } }),
      ),
    );
    expect([(await call()).status, (await call()).status]).toEqual([500, 500]);
    first.script(openaiAnswer('again'));
    const refused = await call({ body: { model: 'strict' } });
    expect([refused.status, (await errorOf(refused))['message']]).toEqual([
      503,
      'No target of the route policy team/strict can take this request: team/a/upstream-model@main: circuit breaker open after failures.',
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(first.requests).toHaveLength(2);
    expect((await call()).status).toBe(200);
  });
});

describe('what a target cannot carry', () => {
  const body = { logprobs: true, top_logprobs: 2 };

  test('is named in a header when the policy warns', async () => {
    first.script(
      jsonAnswer(200, {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'x',
        content: [{ type: 'text', text: 'ok' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    );
    const call = caller(await start(anthropicProvider('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    const response = await call({ body });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-headgate-loss')).toContain('logprobs');
  });

  test('is a reason to ask the next target when the policy refuses, and an error when there is none', async () => {
    const call = caller(
      await start(
        anthropicProvider('a', [first.url]),
        providerResource('b', [second.url]),
        policyResource('assistant', [targetOf('a'), targetOf('b')], { onLossy: 'Refuse' }),
        policyResource('only', [targetOf('a')], { onLossy: 'Refuse' }),
      ),
    );
    expect((await call({ body })).headers.get('x-headgate-target')).toBe('team/b/upstream-model');
    const refused = await call({ body: { ...body, model: 'only' } });
    expect([refused.status, (await errorOf(refused))['code']]).toEqual([400, 'lossy_translation']);
    expect(first.requests).toHaveLength(0);
  });
});

describe('an answer', () => {
  test('that came without usage is estimated, and marked so', async () => {
    const { usage: _, ...without } = openaiCompletion('a few words of an answer') as { readonly usage: unknown };
    first.script(jsonAnswer(200, without));
    const started = await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')]));
    const response = await started.call();
    expect(response.headers.get('x-headgate-cost-usd')).toBeNull();
    const [line] = await started.accessLines(1);
    expect(line).toMatchObject({ estimated: true });
    expect(line?.['outputTokens']).toBeGreaterThan(0);
  });

  test('in one piece to a call for a stream becomes a stream', async () => {
    const call = caller(await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    const response = await call({ stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const told = await response.text();
    expect(told).toContain('"content":"first"');
    expect(told.trim().endsWith('data: [DONE]')).toBe(true);
  });

  test('of a vendor that leaves [DONE] out gets one', async () => {
    first.script([STREAM_HEAD, OPENAI_ROLE, openaiChunk({ content: 'well' }), openaiChunk({}, 'stop'), END]);
    const call = caller(await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    const told = await (await call({ stream: true })).text();
    expect(told.match(/\[DONE\]/g)).toHaveLength(1);
    expect(told).not.toContain('error');
  });

  test('never reaches another call: bytes nobody asked for end the connection they came on', async () => {
    const intruder = JSON.stringify(openaiCompletion('stolen'));
    first.script([...openaiAnswer('mine'), ...answer(200, intruder)], openaiAnswer('also mine'));
    const call = caller(await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    for (let i = 0; i < 3; i++) {
      const text = await (await call()).text();
      expect(text).not.toContain('stolen');
    }
  });

  test('split at every byte arrives the same', async () => {
    const script = openaiStream('Grüße', ' 你好', ' 🙂');
    const whole = script.map((step) => ('bytes' in step ? Buffer.from(step.bytes) : Buffer.alloc(0)));
    const body = Buffer.concat(whole.slice(1));
    const expected = body.toString('utf8').replace(/data: \{[^\n]*"choices":\[\],"usage"[^\n]*\n\n/, '');
    const call = caller(await start(providerResource('a', [first.url]), policyResource('assistant', [targetOf('a')])));
    first.script([STREAM_HEAD, ...[...body].map((byte) => ({ type: 'chunk' as const, bytes: Buffer.from([byte]) })), END]);
    expect(await (await call({ stream: true })).text()).toBe(expected);
  });
});

test('a policy open to everyone serves callers without a key, and only that policy', async () => {
  const access = { from: 'Same' as const, matchLabels: {}, namespaces: ['team'], anonymous: true };
  const started = await start(
    providerResource('a', [first.url]),
    policyResource('open', [targetOf('a')], { access }),
    policyResource('assistant', [targetOf('a')]),
  );
  const post = (model: string): Promise<Response> =>
    fetch(`${started.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    });
  expect((await post('open')).status).toBe(200);
  expect((await post('assistant')).status).toBe(401);
  expect(await (await fetch(`${started.url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'open' }] });
});

function caller(under: ProxyUnderTest): ProxyUnderTest['call'] {
  return (options) => under.call(options);
}

async function errorOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return ((await response.json()) as { readonly error: Readonly<Record<string, unknown>> }).error;
}
