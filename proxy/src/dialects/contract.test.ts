import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UpstreamDialectId } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import type { ChatCall } from '../wire/chat-call.ts';
import type { JsonObject } from '../wire/json.ts';
import type { SseEvent } from '../wire/sse.ts';
import { SseParser } from '../wire/sse-parser.ts';
import { isContent, type StreamEvent } from '../wire/stream-event.ts';
import { totalInputTokens } from '../wire/usage.ts';
import type { AnswerContext, CallContext, Dialect, UpstreamDialect } from './dialect.ts';
import { foldAnswer } from './fold-answer.ts';
import { DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';

/**
 * Every dialect of the registry against every fixture: `fixtures/<dialect>/{calls,answers,streams}` hold what callers
 * and providers send, `fixtures/golden` what becomes of it in every dialect (HEADGATE_UPDATE_GOLDEN=1 rewrites it, to
 * be read as a diff). Fixtures are synthetic, made after recorded and documented shapes.
 */
const FIXTURES = join(import.meta.dirname, 'fixtures');
const UPDATE = process.env['HEADGATE_UPDATE_GOLDEN'] === '1';
const KINDS = ['calls', 'answers', 'streams'] as const;
type Kind = (typeof KINDS)[number];
const dialects: readonly Dialect[] = Object.values(DIALECTS);
const upstreams: readonly UpstreamDialect[] = Object.values(UPSTREAM_DIALECTS);

/** How a stream fixture is framed, by its extension; `.hex` holds the bytes of binary frames. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  sse: 'text/event-stream',
  jsonarray: 'application/json',
  ndjson: 'application/x-ndjson',
  hex: 'application/vnd.amazon.eventstream',
};

const callContext: CallContext = { model: 'provider-model', quirks: { reasoningField: 'reasoning_content' }, maxOutputTokens: 8192 };
const answerContext: AnswerContext = {
  requestId: 'req-1',
  model: 'asked-model',
  nowSeconds: 1_790_000_000,
  includeUsage: true,
  customTools: new Set(['apply_patch']),
};

function names(dialect: UpstreamDialectId, kind: Kind): string[] {
  const folder = join(FIXTURES, dialect, kind);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function text(dialect: UpstreamDialectId, kind: string, name: string): string {
  return readFileSync(join(FIXTURES, dialect, kind, name), 'utf8');
}

const json = (dialect: UpstreamDialectId, kind: string, name: string): JsonObject => JSON.parse(text(dialect, kind, name)) as JsonObject;

/** Dialect and fixture name, for every fixture of a kind. */
function all(kind: 'calls'): [Dialect['id'], string][];
function all(kind: Kind): [UpstreamDialectId, string][];
function all(kind: Kind): [UpstreamDialectId, string][] {
  const owners = kind === 'calls' ? dialects : upstreams;
  return owners.flatMap((dialect) => names(dialect.id, kind).map((name): [UpstreamDialectId, string] => [dialect.id, name]));
}

function expectGolden(dialect: UpstreamDialectId, kind: string, name: string, value: unknown): void {
  const file = join(FIXTURES, 'golden', dialect, kind, name.replace(/\.\w+$/, '.json'));
  const printed = `${JSON.stringify(value, undefined, 2)}\n`;
  if (UPDATE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, printed);
  }
  expect(existsSync(file)).toBe(true);
  expect(JSON.parse(printed)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}

function ok<T>(decoded: { type: 'ok'; value: T } | { type: 'invalid'; message: string }): T {
  if (decoded.type === 'invalid') throw new Error(decoded.message);
  return decoded.value;
}

function parse(dialect: UpstreamDialect, contentType: string, chunks: readonly Uint8Array[]): SseEvent[] {
  const parser = dialect.streamParser?.(contentType) ?? new SseParser();
  return [...chunks.map((chunk) => parser.push(chunk)), parser.end()].flatMap((result) => {
    if (result.type === 'too-large') throw new Error('too large');
    return result.events.map(({ event, data }) => ({ event, data }));
  });
}

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The bytes of a stream fixture and what frames them. */
function stream(id: UpstreamDialectId, name: string): { readonly whole: Uint8Array; readonly contentType: string } {
  const extension = name.split('.').at(-1) ?? '';
  const content = text(id, 'streams', name);
  const whole = extension === 'hex' ? Uint8Array.from(Buffer.from(content.replace(/\s/g, ''), 'hex')) : bytes(content);
  return { whole, contentType: CONTENT_TYPES[extension] ?? '' };
}

interface DecodedStream {
  readonly events: readonly StreamEvent[];
  readonly ended: boolean;
}

function decodeBytes(dialect: UpstreamDialect, whole: Uint8Array, contentType = 'text/event-stream'): DecodedStream {
  const decoder = dialect.streamDecoder();
  const events = parse(dialect, contentType, [whole]).flatMap((event) => decoder.push(event));
  return { events, ended: decoder.ended };
}

const decodeStream = (dialect: UpstreamDialect, sse: string): DecodedStream => decodeBytes(dialect, bytes(sse));

function decodeFixture(id: UpstreamDialectId, name: string): DecodedStream {
  const { whole, contentType } = stream(id, name);
  return decodeBytes(UPSTREAM_DIALECTS[id], whole, contentType);
}

/** The body as `decodeCall` wants it: with what some dialects say in the path. */
function received(target: Dialect, call: ChatCall): JsonObject {
  const { body } = target.encodeCall(call, callContext);
  return target.callOutsideBody ? { ...body, model: callContext.model, stream: call.stream } : body;
}

function encodeStream(dialect: Dialect, events: readonly StreamEvent[], context = answerContext): string {
  const encoder = dialect.streamEncoder(context);
  return events.map((event) => encoder.push(event)).join('') + encoder.end();
}

const STATE_OF_CALL = /^[a-z-]+:\{"thoughtSignature":/;

/** What a caller of any dialect can see of the first choice: the measure of "the same answer". */
function summary(events: readonly StreamEvent[]): object {
  const answer = foldAnswer(events);
  const parts = answer.choices[0]?.parts ?? [];
  const { raw: _raw, ...usage } = answer.usage ?? { raw: undefined };
  return {
    id: answer.id,
    model: answer.model,
    text: parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join(''),
    reasoning: parts.flatMap((part) => (part.type === 'reasoning' && part.text !== '' ? [part.text] : [])),
    signatures: parts.flatMap((part) => (part.type === 'reasoning' && part.signature !== undefined ? [part.signature] : [])),
    // State of a call travels in a block of its own where calls have no place for it.
    encrypted: parts.flatMap((part) => (part.type === 'redacted-reasoning' && !STATE_OF_CALL.test(part.data) ? [part.data] : [])),
    pictures: parts.flatMap((part) => (part.type === 'image' ? [part.source] : [])),
    calls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ id: part.id, name: part.name, arguments: whole(part.argumentsJson) }] : [],
    ),
    finish: answer.choices[0]?.finish?.unified,
    usage,
  };
}

/** What an answer in this dialect must have of the original; answers of Anthropic's have no place for pictures. */
function seenBy(target: Dialect, events: readonly StreamEvent[]): Record<string, unknown> {
  const { id: _id, model: _model, pictures, ...seen } = comparable(summary(events)) as Record<string, unknown>;
  return target.id === 'anthropic-messages' ? seen : { ...seen, pictures };
}

/** Arguments that every dialect spells in its own way: none is `{}`, a cut-off text may be wrapped. */
function whole(argumentsJson: string): unknown {
  try {
    const value = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson) as Record<string, unknown>;
    return typeof value['INVALID_JSON'] === 'string' ? value['INVALID_JSON'] : value;
  } catch {
    return argumentsJson;
  }
}

/** Usage that the provider did not tell is told as zero where the dialect insists on it. */
function comparable(value: object): object {
  const { usage, ...rest } = value as { usage: Record<string, number> };
  const told = Object.values(usage).some((count) => count > 0);
  return { ...rest, usage: told ? usage : {} };
}

describe('registry and fixtures', () => {
  test.each(upstreams.map((dialect) => [dialect.id, dialect] as const))(
    '%s has fixtures of every kind, under its own id',
    (id, dialect) => {
      expect(UPSTREAM_DIALECTS[id]).toBe(dialect);
      for (const kind of KINDS) expect(names(id, kind).length > 2).toBe(kind !== 'calls' || id in DIALECTS);
    },
  );

  test('no fixture folder is without a dialect, and no golden file without a fixture', () => {
    const folders = readdirSync(FIXTURES).filter((name) => name !== 'golden');
    expect(folders.sort()).toEqual(Object.keys(UPSTREAM_DIALECTS).sort());
    const golden = readdirSync(join(FIXTURES, 'golden'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    const sources = KINDS.flatMap((kind) => all(kind).map(([id, name]) => join(id, kind, name.replace(/\.\w+$/, '.json'))));
    expect(golden.sort()).toEqual(sources.sort());
  });
});

describe('calls', () => {
  test.each(all('calls'))('%s %s becomes a call of every dialect, losses named', (id, name) => {
    const call = ok(DIALECTS[id].decodeCall(json(id, 'calls', name)));
    const encoded: Record<string, unknown> = {};
    for (const target of upstreams) {
      const { body, losses } = target.encodeCall(call, callContext);
      for (const loss of losses) expect(loss.field.length * loss.reason.length).toBeGreaterThan(0);
      expect(JSON.stringify(body)).not.toContain('team/fast');
      encoded[target.id] = { body, losses };
    }
    expectGolden(id, 'calls', name, { call, encoded });
  });

  test.each(all('calls'))('%s %s: what a dialect encodes it decodes to the same call', (id, name) => {
    const call = ok(DIALECTS[id].decodeCall(json(id, 'calls', name)));
    for (const target of dialects) {
      const once = ok(target.decodeCall(received(target, call)));
      const twice = ok(target.decodeCall(received(target, once)));
      expect(comparableCall(twice)).toEqual(comparableCall(once));
      if (target.id === id && !NORMALISED.has(`${id}/${name}`)) expect(comparableCall(once)).toEqual(comparableCall(call));
      if (target.id === id && !NORMALISED.has(`${id}/${name}`)) expect(target.encodeCall(call, callContext).losses).toEqual([]);
    }
  });

  test.each(all('calls'))('%s %s: facts agree with the decoded call', (id, name) => {
    const body = json(id, 'calls', name);
    const call = ok(DIALECTS[id].decodeCall(body));
    const facts = DIALECTS[id].readFacts(body);
    expect(facts).toMatchObject({
      model: call.model,
      stream: call.stream,
      maxOutputTokens: call.maxOutputTokens,
      hasTools: call.tools.length > 0,
      hasJsonSchema: call.responseFormat?.type === 'json-schema',
      inToolLoop: call.messages
        .slice(call.messages.findLastIndex(({ role }) => role === 'assistant') + 1)
        .some(({ role }) => role === 'tool'),
    });
    expect(facts.inputTokens).toBeGreaterThan(0);
    const parts = call.messages.flatMap((message) => [...message.parts]);
    expect(facts.hasImages).toBe(parts.some((part) => part.type === 'image'));
  });

  test.each(dialects.map((dialect) => [dialect.id]))('%s says what is wrong with a call, and where', (id) => {
    for (const body of [
      {},
      { model: 1 },
      { model: 'm' },
      { model: 'm', messages: 'x' },
      { model: 'm', messages: [{ role: 'alien', content: 'x' }] },
    ]) {
      const decoded = DIALECTS[id].decodeCall(body);
      expect(decoded).toMatchObject({ type: 'invalid', message: expect.any(String), param: expect.any(String) });
    }
  });
});

/** Calls whose own dialect spells them more simply on the way back. */
const NORMALISED = new Set([
  // Goes to OpenAI, where another vendor's signed thinking has no place; a refusal comes back as a text.
  'openai-responses/foreign-state.json',
  // OpenAI itself takes no audio in responses, and no documents by address.
  'openai-responses/audio.json',
  'openai-chat/document-by-address.json',
  // Empty arguments become `{}`; empty texts are left out; the older function spelling becomes the newer one.
  'openai-chat/tool-loop.json',
  'openai-chat/refusal-history.json',
  'openai-chat/legacy-functions.json',
  // Only the newest reasoning is sent as text; signatures of another vendor are not.
  'openai-chat/reasoning-history.json',
  // Defaults spelt out are left out.
  'openai-chat/defaults-spelt-out.json',
  // Whitespace is not a stop sequence anywhere else; instructions move to the front.
  'anthropic-messages/system-blocks.json',
  // What other vendors have signed is for them only.
  'gemini/state-of-other-vendors.json',
]);

/** Without places, which differ, and without the model, which is replaced. */
function comparableCall(call: ChatCall): unknown {
  const { model: _model, includeUsage: _usage, ...rest } = call;
  return JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === 'at' || key === 'firstPart' ? undefined : value)));
}

describe('blocking answers', () => {
  test.each(all('answers'))('%s %s is told in every dialect', (id, name) => {
    const events = ok(UPSTREAM_DIALECTS[id].decodeAnswer(json(id, 'answers', name)));
    const encoded = Object.fromEntries(dialects.map((target) => [target.id, target.encodeAnswer(events, answerContext)]));
    expectGolden(id, 'answers', name, { events, encoded });
  });

  test.each(all('answers'))('%s %s says the same in every dialect, streamed or not', (id, name) => {
    const events = ok(UPSTREAM_DIALECTS[id].decodeAnswer(json(id, 'answers', name)));
    for (const target of dialects) {
      const blocking = ok(target.decodeAnswer(target.encodeAnswer(events, answerContext)));
      const streamed = decodeStream(target, encodeStream(target, events));
      expect(streamed.ended).toBe(true);
      expect(comparable(summary(streamed.events))).toEqual(comparable(summary(blocking)));
      const expected = comparable(summary(events)) as Record<string, unknown>;
      expect(expected).toMatchObject(seenBy(target, blocking));
    }
  });

  test.each(all('answers'))('%s %s: pass-through observes what translation decodes', (id, name) => {
    const body = json(id, 'answers', name);
    const answer = foldAnswer(ok(UPSTREAM_DIALECTS[id].decodeAnswer(body)));
    const seen = UPSTREAM_DIALECTS[id].observeAnswer(body);
    expect(seen).toMatchObject({ type: 'answer', finish: answer.choices[0]?.finish });
    if (seen.type === 'answer') expect(seen.usage).toEqual(answer.usage);
  });

  test.each(upstreams.map((dialect) => [dialect.id]))('%s: a 2xx that is no answer is invalid, and its error is told', (id) => {
    const error = { error: { message: 'Overloaded', type: 'overloaded_error', code: 503 } };
    for (const body of [
      {},
      { choices: [] },
      { choices: [{}] },
      { object: 'list', data: [] },
      { content: 'x' },
      { message: 'hello' },
      error,
    ]) {
      expect(UPSTREAM_DIALECTS[id].decodeAnswer(body).type).toBe('invalid');
      expect(UPSTREAM_DIALECTS[id].observeAnswer(body).type).toBe('invalid');
    }
    expect(UPSTREAM_DIALECTS[id].observeAnswer(error)).toMatchObject({ error: { message: 'Overloaded' } });
  });
});

describe('streams', () => {
  test.each(all('streams'))('%s %s becomes the same events however its bytes are split, and is told in every dialect', (id, name) => {
    const { whole, contentType } = stream(id, name);
    const { events, ended } = decodeFixture(id, name);
    const encoded = Object.fromEntries(dialects.map((target) => [target.id, encodeStream(target, events).split('\n\n')]));
    expectGolden(id, 'streams', name, { ended, events, encoded: ended ? encoded : 'not a whole answer' });
    const parsed = (chunks: Uint8Array[]): string => JSON.stringify(parse(UPSTREAM_DIALECTS[id], contentType, chunks));
    const expected = parsed([whole]);
    const differing = Array.from(whole.keys()).filter((at) => parsed([whole.subarray(0, at), whole.subarray(at)]) !== expected);
    expect(differing).toEqual([]);
    expect(parsed(Array.from(whole, (_, at) => whole.subarray(at, at + 1)))).toBe(expected);
  });

  test.each(all('streams').filter(([, name]) => name.endsWith('.sse')))('%s %s with other line ends is the same stream', (id, name) => {
    const lf = text(id, 'streams', name).replaceAll('\r\n', '\n');
    const expected = decodeFixture(id, name);
    for (const end of ['\n', '\r\n', '\r']) expect(decodeStream(UPSTREAM_DIALECTS[id], lf.replaceAll('\n', end))).toEqual(expected);
  });

  test.each(all('streams'))('%s %s says the same in every dialect, streamed or not', (id, name) => {
    const { events, ended } = decodeFixture(id, name);
    if (!ended) return;
    for (const target of dialects) {
      const streamed = decodeStream(target, encodeStream(target, events));
      expect(streamed.ended).toBe(true);
      const blocking = ok(target.decodeAnswer(target.encodeAnswer(events, answerContext)));
      expect(comparable(summary(streamed.events))).toEqual(comparable(summary(blocking)));
      expect(comparable(summary(events))).toMatchObject(seenBy(target, streamed.events));
    }
  });

  test.each(all('streams').filter(([id]) => id in DIALECTS))('%s %s: pass-through observes what translation decodes', (id, name) => {
    const dialect = DIALECTS[id as Dialect['id']];
    const decoder = dialect.streamDecoder();
    const observer = dialect.streamObserver();
    const { whole, contentType } = stream(id, name);
    for (const event of parse(dialect, contentType, [whole])) {
      const decoded = decoder.push(event);
      const seen = observer.push(event);
      const last = <T extends StreamEvent['type']>(type: T) =>
        decoded.findLast((item): item is Extract<StreamEvent, { type: T }> => item.type === type);
      expect(seen.error).toEqual(last('error')?.error);
      expect(seen.usage).toEqual(last('usage')?.usage);
      if (seen.finish !== undefined || decoded.some((item) => item.type === 'finish')) {
        expect(seen.finish).toEqual(decoded.find((item) => item.type === 'finish')?.reason);
      }
      // Where translation knows more than a search can see: pieces of opaque state, server tools, blocks put together.
      const beyondSearch =
        /inlineData|executableCode|codeExecutionResult|server_tool_use|partial_json|stop_details|content_block_stop|reasoning_details|output_item\.done|summary_part/.test(
          event.event + event.data,
        );
      if (!beyondSearch && seen.error === undefined && seen.finish === undefined) expect(seen.content).toBe(decoded.some(isContent));
    }
    expect(observer.ended).toBe(decoder.ended);
  });

  test.each(all('streams'))('%s %s: tokens add up', (id, name) => {
    const { events } = decodeFixture(id, name);
    const usage = foldAnswer(events).usage;
    if (usage === undefined) return;
    expect(usage.reasoningTokens).toBeLessThanOrEqual(usage.outputTokens);
    const prompt = usage.raw?.['prompt_tokens'];
    if (typeof prompt === 'number') expect(totalInputTokens(usage)).toBe(prompt);
  });

  test.each(dialects.map((dialect) => [dialect.id]))(
    '%s: after content a failure is one event that the decoder knows as an error, without an end',
    (id) => {
      const encoder = DIALECTS[id].streamEncoder(answerContext);
      const start: StreamEvent[] = [{ type: 'message-start' }, { type: 'text-delta', text: 'Hi' }];
      const error = { code: 'upstream_error', status: 502, openaiType: 'upstream_error', anthropicType: 'api_error', message: 'It broke' };
      const { events, ended } = decodeStream(DIALECTS[id], start.map((event) => encoder.push(event)).join('') + encoder.fail(error));
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { message: 'It broke' } });
      expect(ended).toBe(false);
    },
  );
});

describe('errors', () => {
  const error = { code: 'c', status: 529, openaiType: 'server_error', anthropicType: 'overloaded_error', message: 'm', param: 'p' };

  test.each(dialects.map((dialect) => [dialect.id]))('%s speaks an error that it reads back', (id) => {
    const body = DIALECTS[id].encodeError(error, 'req-1');
    const status = DIALECTS[id].errorStatus(error);
    expect(DIALECTS[id].decodeError(status, () => undefined, JSON.stringify(body))).toMatchObject({
      reason: 'overloaded',
      status,
      message: 'm',
    });
  });
});
