import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ANTHROPIC_BLOCK_START,
  ANTHROPIC_PING,
  ANTHROPIC_START,
  ANTHROPIC_STOP,
  answer,
  anthropicAnswer,
  anthropicStream,
  anthropicText,
  DONE,
  END,
  event,
  jsonAnswer,
  OPENAI_ROLE,
  openaiAnswer,
  openaiChunk,
  openaiCompletion,
  openaiStream,
  type ScriptedDialect,
  STREAM_HEAD,
  send,
} from '../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { policyResource, providerFor, tableOf, targetOf } from '../fakes/routing-tables.ts';
import { refusedPort, type Script, ScriptedUpstream } from '../fakes/scripted-upstream.ts';

const RESET: Script = [{ type: 'reset' }];
const CLOSE: Script = [{ type: 'close' }];
const STALL: Script = [{ type: 'stall' }];
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const WHOLE = JSON.stringify(openaiCompletion('sick'));

/** Short, so that stalls are told within the test; the machinery itself never sleeps. */
const TIMEOUTS = { connectMs: 500, firstTokenMs: 300, idleMs: 300, totalMs: 10_000 };

function errorStatus(status: number): Script {
  return jsonAnswer(status, { error: { message: `scripted ${status}`, type: 'server_error', code: null } });
}

/** Every fault before the first content, whatever was asked for (issue 4, section 4). */
const FAULTS_OF_ANY_CALL: Readonly<Record<string, Script>> = {
  'a reset connection': RESET,
  'a connection closed without a byte': CLOSE,
  'status 401': errorStatus(401),
  'status 403': errorStatus(403),
  'status 404': errorStatus(404),
  'status 408': errorStatus(408),
  'status 429': errorStatus(429),
  'status 500': errorStatus(500),
  'status 502 with HTML': answer(502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' }),
  'status 503': errorStatus(503),
  'status 529': errorStatus(529),
  'a redirect': answer(302, '', { location: 'http://127.0.0.1:1/' }),
  'an empty answer': answer(200, ''),
  'status 204': [send('HTTP/1.1 204 No Content\r\n\r\n')],
  'an HTML page with status 200': answer(200, '<!doctype html><html></html>', { 'content-type': 'text/html' }),
  'a cut answer': [send(`${HEAD}content-length: ${WHOLE.length}\r\n\r\n${WHOLE.slice(0, 40)}`), { type: 'close' }],
  'an answer cut by a reset': [send(`${HEAD}content-length: ${WHOLE.length}\r\n\r\n${WHOLE.slice(0, 40)}`), { type: 'reset' }],
  'an answer that is not JSON': answer(200, 'sorry'),
  'an answer that is half JSON': answer(200, WHOLE.slice(0, 60)),
  'an error inside 200': jsonAnswer(200, { error: { message: 'no capacity', type: 'server_error' } }),
  'a stall before the head': STALL,
  'a stall after the head': [send(`${HEAD}content-length: 1000\r\n\r\n`), { type: 'stall' }],
  'an oversize head': [send(`HTTP/1.1 200 OK\r\nx-padding: ${'x'.repeat(64 * 1024)}\r\n\r\n`), { type: 'stall' }],
  'something that is not HTTP': [send('SSH-2.0-OpenSSH_9.2\r\n'), { type: 'stall' }],
  'a compressed answer': answer(200, WHOLE, { 'content-encoding': 'gzip' }),
};

const FAULTS_OF_BLOCKING: Readonly<Record<ScriptedDialect, Readonly<Record<string, Script>>>> = {
  'openai-chat': { 'an answer without choices': jsonAnswer(200, { ...openaiCompletion(''), choices: [] }) },
  'anthropic-messages': { 'an answer without content': jsonAnswer(200, { id: 'msg_1', type: 'message' }) },
};

const FAULTS_OF_STREAMS: Readonly<Record<ScriptedDialect, Readonly<Record<string, Script>>>> = {
  'openai-chat': {
    'a stream that ends at once': [STREAM_HEAD, END],
    'a stream that stalls at once': [STREAM_HEAD, { type: 'stall' }],
    'a stream of comments that stalls': [STREAM_HEAD, { type: 'chunk', bytes: ': keep-alive\n\n: keep-alive\n\n' }, { type: 'stall' }],
    'a stream of comments that ends': [STREAM_HEAD, { type: 'chunk', bytes: ': keep-alive\n\n' }, END],
    'an error as the first event': [STREAM_HEAD, event({ error: { message: 'overloaded', type: 'server_error', code: 503 } }), END],
    'only [DONE]': [STREAM_HEAD, DONE, END],
    'a role, then the end': [STREAM_HEAD, OPENAI_ROLE, END],
    'a role, then [DONE]': [STREAM_HEAD, OPENAI_ROLE, DONE, END],
    'a role, then a reset': [STREAM_HEAD, OPENAI_ROLE, { type: 'reset' }],
    'a role, then a close': [STREAM_HEAD, OPENAI_ROLE, { type: 'close' }],
    'a role, then a stall': [STREAM_HEAD, OPENAI_ROLE, { type: 'stall' }],
    'a role, then broken framing': [STREAM_HEAD, OPENAI_ROLE, send('zz\r\nnot a chunk\r\n'), { type: 'stall' }],
  },
  'anthropic-messages': {
    'a stream that ends at once': [STREAM_HEAD, END],
    'an error as the first event': [
      STREAM_HEAD,
      event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'error'),
      END,
    ],
    'a start and pings, then the end': [STREAM_HEAD, ANTHROPIC_START, ANTHROPIC_PING, ANTHROPIC_PING, END],
    'a start and pings, then a stall': [STREAM_HEAD, ANTHROPIC_START, ANTHROPIC_PING, { type: 'stall' }],
    'a start, then message_stop': [STREAM_HEAD, ANTHROPIC_START, ANTHROPIC_STOP, END],
    'a block without content, then a reset': [STREAM_HEAD, ANTHROPIC_START, ANTHROPIC_BLOCK_START, { type: 'reset' }],
    'a start, then an error event': [
      STREAM_HEAD,
      ANTHROPIC_START,
      event({ type: 'error', error: { type: 'api_error', message: 'broke' } }, 'error'),
      END,
    ],
  },
};

/** Every fault after the first content; the script begins with a committed stream. */
const FAULTS_AFTER_CONTENT: Readonly<Record<string, Script>> = {
  'the connection closed': [{ type: 'close' }],
  'the connection reset': [{ type: 'reset' }],
  'the stream ended without a finish reason': [END],
  'the provider stalled': [{ type: 'stall' }],
  'the chunk framing broke': [send('zz\r\nnot a chunk\r\n'), { type: 'stall' }],
};
const COMMITTED: Readonly<Record<ScriptedDialect, Script>> = {
  'openai-chat': [STREAM_HEAD, OPENAI_ROLE, openaiChunk({ content: 'Once' })],
  'anthropic-messages': [STREAM_HEAD, ANTHROPIC_START, ANTHROPIC_BLOCK_START, anthropicText('Once')],
};
const FAULTS_IN_DIALECT: Readonly<Record<ScriptedDialect, Readonly<Record<string, Script>>>> = {
  'openai-chat': {
    '[DONE] came without a finish reason': [DONE, END],
    'an error event came': [event({ error: { message: 'exploded', type: 'server_error' } }), END],
    'half an event came': [{ type: 'chunk', bytes: 'data: {"choices":[{"delta":{"content":"up' }, END],
    'half an event came before a reset': [{ type: 'chunk', bytes: 'data: {"choices":[{"delta":{"content":"up' }, { type: 'reset' }],
  },
  'anthropic-messages': {
    'message_stop came without a stop reason': [ANTHROPIC_STOP, END],
    'an error event came': [event({ type: 'error', error: { type: 'api_error', message: 'exploded' } }, 'error'), END],
    'half an event came': [{ type: 'chunk', bytes: 'event: content_block_delta\ndata: {"type":"content_block_delta","del' }, END],
  },
};

const DIALECT_IDS: readonly ScriptedDialect[] = ['openai-chat', 'anthropic-messages'];
const HEALTHY = {
  'openai-chat': { blocking: openaiAnswer('well'), stream: openaiStream('well', ' done') },
  'anthropic-messages': { blocking: anthropicAnswer('well'), stream: anthropicStream('well', ' done') },
} as const;

describe.each(DIALECT_IDS)('a caller of %s', (caller) => {
  describe.each(DIALECT_IDS)('with providers of %s', (provider) => {
    let sick: ScriptedUpstream;
    let well: ScriptedUpstream;
    let proxy: ProxyUnderTest;

    beforeAll(async () => {
      sick = await ScriptedUpstream.start();
      well = await ScriptedUpstream.start();
      proxy = await ProxyUnderTest.start(
        tableOf(
          providerFor(provider, 'sick', [sick.url], { timeouts: TIMEOUTS, credentials: [] }),
          providerFor(provider, 'well', [well.url]),
          policyResource('assistant', [targetOf('sick'), targetOf('well')]),
        ),
      );
    });

    afterAll(async () => {
      await proxy.close();
      await Promise.all([sick.close(), well.close()]);
    });

    /** Keys that an earlier fault put aside would take the target out of the next plan. */
    function heal(): void {
      for (const { signals } of proxy.endpoints()) signals.credential.state = 'Active';
    }

    test.each(Object.entries({ ...FAULTS_OF_ANY_CALL, ...FAULTS_OF_BLOCKING[provider] }))(
      '%s is masked in a blocking call',
      async (_name, script) => {
        heal();
        sick.script(script);
        well.script(HEALTHY[provider].blocking);
        const before = sick.requests.length;
        const response = await proxy.call({ dialect: caller });
        expect([response.status, await textOf(caller, response)]).toEqual([200, 'well']);
        expect(sick.requests.length).toBe(before + 1);
        expect(response.headers.get('x-headgate-attempts')).toBe('2');
        expect(response.headers.get('x-headgate-target')).toBe('team/well/upstream-model');
      },
    );

    test.each(Object.entries({ ...FAULTS_OF_ANY_CALL, ...FAULTS_OF_STREAMS[provider] }))(
      '%s is masked in a stream',
      async (_name, script) => {
        heal();
        sick.script(script);
        well.script(HEALTHY[provider].stream);
        const response = await proxy.call({ dialect: caller, stream: true });
        const told = await response.text();
        expect([response.status, response.headers.get('x-headgate-attempts')]).toEqual([200, '2']);
        expect(streamedText(caller, told)).toBe('well done');
        expect(endsProperly(caller, told)).toBe(true);
        expect(errorsIn(told)).toEqual([]);
      },
    );

    test.each(Object.entries({ ...FAULTS_AFTER_CONTENT, ...FAULTS_IN_DIALECT[provider] }))(
      'after the first content, the caller is told that %s',
      async (_name, script) => {
        heal();
        sick.script([...COMMITTED[provider], ...script]);
        const wellBefore = well.requests.length;
        const response = await proxy.call({ dialect: caller, stream: true });
        const told = await response.text();
        expect(response.status).toBe(200);
        expect(streamedText(caller, told)).toBe('Once');
        expect(endsProperly(caller, told)).toBe(false);
        expect(errorsIn(told)).toHaveLength(1);
        expect(well.requests.length).toBe(wellBefore);
      },
    );
  });
});

test('a refused connection is masked, and so is a name that does not resolve', async () => {
  const well = await ScriptedUpstream.start(openaiAnswer('well'));
  const port = await refusedPort();
  const proxy = await ProxyUnderTest.start(
    tableOf(
      providerFor('openai-chat', 'refused', [`http://127.0.0.1:${port}`]),
      providerFor('openai-chat', 'nameless', ['http://nowhere.invalid:80']),
      providerFor('openai-chat', 'well', [well.url]),
      policyResource('assistant', [targetOf('refused'), targetOf('nameless'), targetOf('well')]),
    ),
  );
  const response = await proxy.call();
  expect([response.status, response.headers.get('x-headgate-attempts')]).toEqual([200, '3']);
  await proxy.close();
  await well.close();
});

test('when every target failed, the caller learns which were asked and why, and is told not to try again', async () => {
  const sick = await ScriptedUpstream.start(errorStatus(500));
  const port = await refusedPort();
  const proxy = await ProxyUnderTest.start(
    tableOf(
      providerFor('openai-chat', 'refused', [`http://127.0.0.1:${port}`]),
      providerFor('openai-chat', 'sick', [sick.url]),
      policyResource('assistant', [targetOf('refused'), targetOf('sick')], {
        resilience: { attempts: 2, budgetPercent: 100, whenAllOpen: 'LeastBad' },
      }),
    ),
  );
  const response = await proxy.call();
  expect([response.status, response.headers.get('x-should-retry')]).toEqual([502, 'false']);
  const { error } = (await response.json()) as { readonly error: { readonly message: string; readonly code: string } };
  expect(error.code).toBe('all_targets_failed');
  expect(error.message).toContain('team/refused/upstream-model: network (connection refused)');
  expect(error.message).toContain('team/sick/upstream-model: server 500 (scripted 500)');
  expect(error.message).not.toContain('key-of-');
  await proxy.close();
  await sick.close();
});

test.each([400, 413, 422])("the caller's own mistake (%i) is passed on and not sent anywhere else", async (status) => {
  const strict = await ScriptedUpstream.start(
    jsonAnswer(status, { error: { message: 'temperature is too high', type: 'invalid_request_error', param: 'temperature' } }),
  );
  const well = await ScriptedUpstream.start(openaiAnswer('well'));
  const proxy = await ProxyUnderTest.start(
    tableOf(
      providerFor('openai-chat', 'strict', [strict.url]),
      providerFor('openai-chat', 'well', [well.url]),
      policyResource('assistant', [targetOf('strict'), targetOf('well')]),
    ),
  );
  const response = await proxy.call();
  const { error } = (await response.json()) as { readonly error: Readonly<Record<string, unknown>> };
  expect([response.status, error['message'], error['type']]).toEqual([status, 'temperature is too high', 'invalid_request_error']);
  expect([strict.requests.length, well.requests.length]).toEqual([1, 0]);
  await proxy.close();
  await Promise.all([strict.close(), well.close()]);
});

/** Data of the `data:` lines, parsed where they are JSON. */
function dataOf(stream: string): readonly Readonly<Record<string, unknown>>[] {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice(6)) as Readonly<Record<string, unknown>>);
}

function errorsIn(stream: string): readonly unknown[] {
  return dataOf(stream).filter((data) => 'error' in data);
}

function endsProperly(dialect: ScriptedDialect, stream: string): boolean {
  return dialect === 'openai-chat' ? stream.includes('data: [DONE]') : stream.includes('"message_stop"');
}

function streamedText(dialect: ScriptedDialect, stream: string): string {
  const pieces = dataOf(stream).map((data) => {
    if (dialect === 'openai-chat')
      return (data['choices'] as { readonly delta: { readonly content?: string } }[] | undefined)?.[0]?.delta.content;
    return data['type'] === 'content_block_delta' ? (data['delta'] as { readonly text?: string }).text : undefined;
  });
  return pieces.join('');
}

async function textOf(dialect: ScriptedDialect, response: Response): Promise<string | undefined> {
  const body = (await response.json()) as Readonly<Record<string, unknown>>;
  if (dialect === 'openai-chat')
    return (body['choices'] as { readonly message: { readonly content: string } }[] | undefined)?.[0]?.message.content;
  return (body['content'] as { readonly text?: string }[] | undefined)?.map(({ text }) => text).join('');
}
