import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '../wire/json.ts';
import { scanTopLevel } from '../wire/json-scan.ts';
import { parseJson } from '../wire/read-json.ts';
import { SseParser } from '../wire/sse-parser.ts';
import type { StreamEvent } from '../wire/stream-event.ts';
import type { AnswerContext, Dialect, UpstreamDialect } from './dialect.ts';
import { DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';

/** Runs per property and dialect; HEADGATE_FUZZ_RUNS=100000 for a long one. */
const RUNS = Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 400);
const FIXTURES = join(import.meta.dirname, 'fixtures');
const dialects: readonly Dialect[] = Object.values(DIALECTS);
const upstreams: readonly UpstreamDialect[] = Object.values(UPSTREAM_DIALECTS);
const context: AnswerContext = { requestId: 'r', model: 'm', nowSeconds: 0, includeUsage: true };

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

/** Stream fixtures as bytes, and as text where they are text; see contract.test.ts. */
function streamsOf(id: string): { readonly bytes: Uint8Array; readonly text?: string; readonly contentType: string }[] {
  const folder = join(FIXTURES, id, 'streams');
  return readdirSync(folder).map((name) => {
    const contentType = CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? '';
    const text = readFileSync(join(folder, name), 'utf8');
    if (name.endsWith('.hex')) return { bytes: Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex')), contentType };
    return { bytes: new TextEncoder().encode(text), text, contentType };
  });
}

const nasty = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    'x',
    [],
    {},
    [[]],
    [null],
    [{}],
    { type: null },
    '[DONE]',
    '__proto__',
    'constructor',
  ),
  fc.jsonValue({ maxDepth: 2 }).map((value) => value as Json),
);

/** The value at a random path replaced, dropped or repeated. */
function mutated(value: Json, path: readonly number[], replacement: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return replacement;
  if (Array.isArray(value)) {
    if (value.length === 0) return [replacement];
    const at = step % value.length;
    return value.flatMap((item: Json, index) =>
      index === at ? [mutated(item, rest, replacement), ...(step % 7 === 0 ? [item] : [])] : [item],
    );
  }
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return replacement;
  return { ...value, [step % 11 === 0 ? `${key}x` : key]: mutated((value as JsonObject)[key] ?? null, rest, replacement) };
}

const edits = fc.array(fc.tuple(fc.array(fc.nat(1000), { maxLength: 7 }), nasty), { minLength: 1, maxLength: 4 });

function objects(id: string, kind: string): fc.Arbitrary<JsonObject> {
  const originals = fixtures(id, kind).map((text) => JSON.parse(text) as Json);
  return fc.tuple(fc.constantFrom(...originals), edits).map(([original, changes]) => {
    let value = original;
    for (const [path, replacement] of changes) value = mutated(value, path, replacement);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : { value };
  });
}

/** Everything that events can be put through. */
function tell(events: readonly StreamEvent[]): void {
  for (const target of dialects) {
    const encoder = target.streamEncoder(context);
    const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
    expect(text.length).toBeLessThan(1_000_000);
    JSON.stringify(target.encodeAnswer(events, context));
  }
}

function readStream(dialect: UpstreamDialect, chunks: readonly Uint8Array[], contentType: string): StreamEvent[] {
  const parser = dialect.streamParser?.(contentType) ?? new SseParser();
  const decoder = dialect.streamDecoder();
  const observer = DIALECTS[dialect.id as Dialect['id']]?.streamObserver();
  const events: StreamEvent[] = [];
  for (const result of [...chunks.map((chunk) => parser.push(chunk)), parser.end()]) {
    if (result.type === 'too-large') break;
    for (const event of result.events) {
      events.push(...decoder.push(event));
      observer?.push(event);
    }
  }
  expect(typeof decoder.ended).toBe('boolean');
  return events;
}

describe.each(dialects.map((dialect) => [dialect.id, dialect] as const))('callers of %s', (id, dialect) => {
  test('mutated calls: a verdict, never an exception, and whatever is accepted can be sent on', () => {
    fc.assert(
      fc.property(objects(id, 'calls'), (body) => {
        dialect.readFacts(body);
        scanTopLevel(new TextEncoder().encode(JSON.stringify(body)));
        const decoded = dialect.decodeCall(body);
        if (decoded.type === 'invalid') return;
        for (const target of upstreams) JSON.stringify(target.encodeCall(decoded.value, { model: 'm', quirks: {} }));
      }),
      { numRuns: RUNS },
    );
  });
});

describe.each(upstreams.map((dialect) => [dialect.id, dialect] as const))('providers of %s', (id, dialect) => {
  test('mutated answers', () => {
    fc.assert(
      fc.property(objects(id, 'answers'), (body) => {
        dialect.observeAnswer(body);
        const decoded = dialect.decodeAnswer(body);
        if (decoded.type === 'ok') tell(decoded.value);
        dialect.decodeError(500, () => undefined, JSON.stringify(body), 0);
      }),
      { numRuns: RUNS },
    );
  });

  test('mutated events in its streams', () => {
    const streams = streamsOf(id).flatMap(({ text, contentType }) => (text === undefined ? [] : [{ text, contentType }]));
    if (streams.length === 0) return;
    fc.assert(
      fc.property(fc.constantFrom(...streams), fc.nat(50), edits, ({ text, contentType }, at, changes) => {
        const lines = text.split('\n');
        const index = at % lines.length;
        const [, prefix = '', object = ''] = /^([^{]*)(.*?)[^}]*$/s.exec(lines[index] ?? '') ?? [];
        let value: Json = parseJson(object) ?? null;
        for (const [path, replacement] of changes) value = mutated(value, path, replacement);
        lines[index] = prefix + JSON.stringify(value);
        tell(readStream(dialect, [new TextEncoder().encode(lines.join('\n'))], contentType));
      }),
      { numRuns: RUNS },
    );
  });

  test('bytes flipped, cut, repeated and out of order', () => {
    const flips = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...streamsOf(id)), flips, fc.nat(4000), (stream, changes, cut) => {
        const bytes = stream.bytes.slice();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const at = cut % bytes.length;
        tell(readStream(dialect, [bytes.subarray(at), bytes.subarray(0, at), bytes], stream.contentType));
      }),
      { numRuns: RUNS },
    );
  });

  test('error bodies of any kind, at any status', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        fc.oneof(
          fc.string(),
          fc.json(),
          nasty.map((value) => JSON.stringify(value)),
        ),
        (status, body) => {
          const error = dialect.decodeError(status, (name) => (name === 'retry-after' ? body : undefined), body, 0);
          expect(error.message.length).toBeGreaterThan(0);
          expect(error.retryAfterMs === undefined || error.retryAfterMs >= 0).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
