import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../wire/json.ts';
import { scanTopLevel } from '../wire/json-scan.ts';
import { parseJson } from '../wire/read-json.ts';
import type { SseEvent } from '../wire/sse.ts';
import { SseParser } from '../wire/sse-parser.ts';
import type { StreamEvent } from '../wire/stream-event.ts';
import type { AnswerContext, Dialect, UpstreamDialect } from './dialect.ts';
import { DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';

/** Runs per property and dialect. `make fuzz` makes 100,000 with a seed of the moment; a seed that failed repeats its run. */
const RUNS = Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 1000);
const SEED = Number(process.env['HEADGATE_FUZZ_SEED'] ?? 1);
/** A long run is as long as it is asked for; one single input may not take this long. */
const TIMEOUT_MS = 3_600_000;
const HANG_MS = 5000;
/** Encoders may add their own words to what they are given, not multiply it. */
const MAX_OUTPUT_CHARACTERS = 1_000_000;

const FIXTURES = join(import.meta.dirname, 'fixtures');
const dialects: readonly Dialect[] = Object.values(DIALECTS);
const upstreams: readonly UpstreamDialect[] = Object.values(UPSTREAM_DIALECTS);
const context: AnswerContext = {
  requestId: 'r',
  model: 'm',
  nowSeconds: 0,
  includeUsage: true,
  customTools: new Set(['apply_patch', 'get_weather']),
};

/** mulberry32: small, fast and good enough to make up nonsense. */
class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % limit;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

/** Runs a property with one seed, and says with which it failed. */
function check(property: (random: Random, run: number) => void): void {
  for (let run = 0; run < RUNS; run++) {
    const startedAt = performance.now();
    try {
      property(new Random(SEED + run), run);
    } catch (cause) {
      throw new Error(`run ${run} of HEADGATE_FUZZ_SEED=${SEED}: ${String(cause)}`, { cause });
    }
    if (performance.now() - startedAt > HANG_MS) throw new Error(`run ${run} of HEADGATE_FUZZ_SEED=${SEED} hangs`);
  }
}

function fixtures(id: string, kind: string): string[] {
  const folder = join(FIXTURES, id, kind);
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  sse: 'text/event-stream',
  jsonarray: 'application/json',
  ndjson: 'application/x-ndjson',
  hex: 'application/vnd.amazon.eventstream',
};

interface StreamFixture {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly events: readonly SseEvent[];
}

/** Stream fixtures as bytes and as events; see contract.test.ts. */
function streamsOf(dialect: UpstreamDialect): StreamFixture[] {
  const folder = join(FIXTURES, dialect.id, 'streams');
  return readdirSync(folder).map((name) => {
    const contentType = CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? '';
    const text = readFileSync(join(folder, name), 'utf8');
    const bytes = name.endsWith('.hex') ? Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex')) : new TextEncoder().encode(text);
    return { bytes, contentType, events: parse(dialect, [bytes], contentType) };
  });
}

function parse(dialect: UpstreamDialect, chunks: readonly Uint8Array[], contentType: string): SseEvent[] {
  const parser = dialect.streamParser?.(contentType) ?? new SseParser();
  return [...chunks.map((chunk) => parser.push(chunk)), parser.end()].flatMap((result) => (result.type === 'events' ? result.events : []));
}

const LONG = 'x'.repeat(2000);
/** Deeper than a recursive reader survives. */
const DEEP = '['.repeat(6000) + ']'.repeat(6000);

const NASTY: readonly Json[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, '', ' ', 'x', '\n\n', '\ud800', '\u0000', '[DONE]', LONG, DEEP],
  ...['__proto__', 'constructor', 'toString', 'null', '{}', '{"a":', 'data:,', 'data:image/png;base64,', 'https://x', 'headgate:{}'],
  ...['openai-chat:{}', 'gemini:[]', 'function', 'text', 'user', 'tool', 'system', 'auto', 'object'],
  ...[[], {}, [[]], [null], [{}], [[[[]]]], { type: null }, { type: 'text' }, { a: { b: [1, 'x', null] } }, ['a', 1, {}]],
];

/** The value at a random path replaced, dropped or repeated. */
function mutated(value: Json, random: Random, depth: number, replacement: Json): Json {
  if (depth === 0 || typeof value !== 'object' || value === null) return replacement;
  if (Array.isArray(value)) {
    if (value.length === 0) return [replacement];
    const at = random.below(value.length);
    const item = (value as readonly Json[])[at] ?? null;
    const changed = value.slice() as Json[];
    changed[at] = mutated(item, random, depth - 1, replacement);
    const fate = random.below(12);
    if (fate === 0) changed.push(item);
    if (fate === 1) changed.splice(at, 1);
    return changed;
  }
  const key = random.pick(Object.keys(value));
  if (key === undefined) return replacement;
  const inner = mutated((value as JsonObject)[key] ?? null, random, depth - 1, replacement);
  const fate = random.below(12);
  if (fate === 0) return { ...value, [`${key}x`]: inner };
  return { ...value, [key]: fate === 1 ? null : inner };
}

/** One to four changes. */
function edited(original: Json, random: Random): Json {
  let value = original;
  for (let edits = 1 + random.below(4); edits > 0; edits--) value = mutated(value, random, random.below(8), random.pick(NASTY));
  return value;
}

function editedObject(original: Json, random: Random): JsonObject {
  const value = edited(original, random);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : { value };
}

function parsedFixtures(id: string, kind: string): readonly Json[] {
  return fixtures(id, kind).map((text) => JSON.parse(text) as Json);
}

/** What events can be put through: one caller's dialect after the other. */
function tell(events: readonly StreamEvent[], run: number): void {
  const target = dialects[run % dialects.length] as Dialect;
  const encoder = target.streamEncoder(context);
  let length = 0;
  for (const event of events) length += encoder.push(event).length;
  length += encoder.end().length;
  length += JSON.stringify(target.encodeAnswer(events, context)).length;
  if (length > MAX_OUTPUT_CHARACTERS) throw new Error(`${target.id} makes ${length} characters of ${events.length} events`);
}

function read(dialect: UpstreamDialect, stream: readonly SseEvent[]): StreamEvent[] {
  const decoder = dialect.streamDecoder();
  const observer = DIALECTS[dialect.id as Dialect['id']]?.streamObserver();
  const events: StreamEvent[] = [];
  for (const event of stream) {
    events.push(...decoder.push(event));
    observer?.push(event);
  }
  if (typeof decoder.ended !== 'boolean') throw new Error('neither ended nor not');
  return events;
}

describe.each(dialects.map((dialect) => [dialect.id, dialect] as const))('callers of %s', (id, dialect) => {
  test(
    'mutated calls: a verdict, never an exception, and whatever is accepted can be sent on',
    () => {
      const originals = parsedFixtures(id, 'calls');
      check((random, run) => {
        const body = editedObject(random.pick(originals), random);
        dialect.readFacts(body);
        if (run % 10 === 0) scanTopLevel(new TextEncoder().encode(JSON.stringify(body)));
        const decoded = dialect.decodeCall(body);
        if (decoded.type === 'invalid') return;
        for (const step of [0, 1]) {
          const target = upstreams[(run + step) % upstreams.length] as UpstreamDialect;
          JSON.stringify(target.encodeCall(decoded.value, { model: 'm', quirks: {} }));
        }
      });
    },
    TIMEOUT_MS,
  );
});

describe.each(upstreams.map((dialect) => [dialect.id, dialect] as const))('providers of %s', (id, dialect) => {
  const streams = streamsOf(dialect);

  test(
    'mutated answers',
    () => {
      const originals = parsedFixtures(id, 'answers');
      check((random, run) => {
        const body = editedObject(random.pick(originals), random);
        dialect.observeAnswer(body);
        const decoded = dialect.decodeAnswer(body);
        if (decoded.type === 'ok') tell(decoded.value, run);
        if (run % 10 === 0) dialect.decodeError(500, () => undefined, JSON.stringify(body), 0);
      });
    },
    TIMEOUT_MS,
  );

  test(
    'mutated events in its streams',
    () => {
      const parsed = streams.map(({ events }) => events.map((event) => ({ event, value: parseJson(event.data) ?? event.data })));
      check((random, run) => {
        const stream = random.pick(parsed);
        const at = random.below(stream.length);
        const changed = stream.map(({ event, value }, index) =>
          index === at ? { ...event, data: JSON.stringify(edited(value, random)) } : event,
        );
        if (random.below(8) === 0) changed.splice(random.below(changed.length), 1);
        if (random.below(100) === 0) changed.push({ event: '', data: random.pick([DEEP, '', '{', '[DONE]']) });
        tell(read(dialect, changed), run);
      });
    },
    TIMEOUT_MS,
  );

  test(
    'bytes flipped, cut, repeated and out of order',
    () => {
      check((random, run) => {
        const { bytes: original, contentType } = random.pick(streams);
        const bytes = original.slice();
        for (let flips = random.below(8); flips > 0; flips--) bytes[random.below(bytes.length)] = random.below(256);
        const at = random.below(bytes.length);
        tell(read(dialect, parse(dialect, [bytes.subarray(at), bytes.subarray(0, at), bytes], contentType)), run);
      });
    },
    TIMEOUT_MS,
  );

  test(
    'error bodies of any kind, at any status',
    () => {
      const bodies = [...NASTY.map((value) => JSON.stringify(value)), DEEP, '', 'x', '<html>', '{', '"', ...fixtures(id, 'answers')];
      check((random) => {
        const text = random.pick(bodies);
        const body = random.below(2) === 0 ? text : text.slice(random.below(text.length + 1));
        const error = dialect.decodeError(
          100 + random.below(900),
          (name) => (name === 'retry-after' ? body : undefined),
          random.below(2) === 0 ? body : `{"error":${body}}`,
          0,
        );
        if (error.message.length === 0) throw new Error('no message');
        if (error.retryAfterMs !== undefined && !(error.retryAfterMs >= 0)) throw new Error(`retry after ${error.retryAfterMs}`);
      });
    },
    TIMEOUT_MS,
  );
});

describe('long answers cost time in proportion to their length', () => {
  const pieces = 20_000;

  test.each(dialects.map((dialect) => [dialect.id, dialect] as const))(
    '%s writes and reads 20,000 pieces of text and of a call',
    (_, dialect) => {
      const events: StreamEvent[] = [{ type: 'message-start', id: 'i', model: 'm' }];
      for (let piece = 0; piece < pieces; piece++) events.push({ type: 'text-delta', text: 'word ' });
      events.push(
        { type: 'tool-call-start', index: 0, id: 'c', name: 'f' },
        { type: 'tool-call-delta', index: 0, argumentsJson: '{"a":"' },
      );
      for (let piece = 0; piece < pieces; piece++) events.push({ type: 'tool-call-delta', index: 0, argumentsJson: 'word ' });
      events.push(
        { type: 'tool-call-delta', index: 0, argumentsJson: '"}' },
        { type: 'finish', reason: { unified: 'tool-calls', raw: '' } },
      );
      const startedAt = performance.now();
      const encoder = dialect.streamEncoder(context);
      const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
      const told = read(dialect, parse(dialect, [new TextEncoder().encode(text)], 'text/event-stream'));
      const whole = dialect.encodeAnswer(told, context);
      expect(performance.now() - startedAt).toBeLessThan(HANG_MS);
      expect(JSON.stringify(whole)).toContain('word word word');
    },
  );
});
