import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../wire/json.ts';
import type { Operation, OperationFormat, OperationSpelling, ProviderShape } from './operation.ts';
import { findOperation, OPERATIONS, operationAt, SPELLINGS } from './registry.ts';

/** One call at one kind of provider. `body: null` = the bytes go on as they are. */
interface Fixture {
  readonly provider: ProviderShape;
  readonly call: JsonObject;
  /** The provider's name for the model, where it decides. */
  readonly model?: string;
  readonly notOffered?: true;
  /** Words of the refusal. */
  readonly refused?: string;
  readonly sent?: { readonly path: string; readonly body: JsonObject | null; readonly losses?: readonly string[] };
  readonly answer?: JsonObject;
  readonly answered?: { readonly body: JsonObject | null; readonly inputTokens: number | null; readonly outputTokens?: number };
  readonly invalid?: true;
}

const FIXTURES = join(import.meta.dirname, 'fixtures');
const MODEL = 'upstream-model';
const OPENAI: ProviderShape = { vendor: 'OpenAI', dialect: 'openai-chat', basePath: '/v1' };
/** What strangers send and answer. */
const JUNK: readonly JsonObject[] = [
  {},
  { model: 1, input: null, prompt: [], documents: {}, query: [[]], stream: 'yes' },
  { input: [null, {}, [1, 'x'], { text: 5 }], documents: [{ text: 'x' }, 7] },
  { data: 'x', results: 5, embeddings: { float: 'x' }, predictions: [null], usage: [] },
  { data: [null], results: [null], embeddings: [[]], text: 5, error: { message: 'no' } },
];

function formatOf(operation: Operation, provider: ProviderShape): OperationFormat {
  const format = operation.formatFor(provider);
  if (format === undefined) throw new Error(`${provider.vendor} does not offer ${operation.id}`);
  return format;
}

describe.each(Object.entries({ ...OPERATIONS, ...SPELLINGS }))('%s', (id, operation) => {
  const names = readdirSync(join(FIXTURES, id));

  test('is found at each of its paths, and has fixtures', () => {
    for (const path of operation.paths) expect(operationAt(path)).toBe(operation);
    if (operation.paths.length === 0) expect(findOperation(operation.id, id as OperationSpelling)).toBe(operation);
    expect(names.length).toBeGreaterThan(0);
  });

  test.each(names)('%s', (name) => {
    const fixture = JSON.parse(readFileSync(join(FIXTURES, id, name), 'utf8')) as Fixture;
    if (fixture.notOffered === true) {
      expect(operation.formatFor(fixture.provider)).toBeUndefined();
      return;
    }
    const format = formatOf(operation, fixture.provider);
    const upstreamModel = fixture.model ?? MODEL;
    const encoded = format.encodeCall?.(fixture.call, upstreamModel);
    if (fixture.refused !== undefined) {
      expect(encoded).toMatchObject({ type: 'refused', message: expect.stringContaining(fixture.refused) });
      return;
    }
    expect(operation.readFacts(fixture.call)).toMatchObject({ model: fixture.call['model'], hasTools: false, hasJsonSchema: false });
    expect(format.path(fixture.provider, upstreamModel)).toBe(fixture.sent?.path);
    expect(encoded?.type === 'ok' ? encoded.body : null).toEqual(fixture.sent?.body);
    expect(encoded?.type === 'ok' ? encoded.losses.map(({ field }) => field) : []).toEqual(fixture.sent?.losses ?? []);
    const model = String(fixture.call['model']);
    const decoded = format.decodeAnswer(fixture.answer ?? {}, { body: fixture.call, model, requestId: 'request-1' });
    if (fixture.invalid === true) expect(decoded.type).toBe('invalid');
    else expect(describeAnswer(decoded)).toEqual({ outputTokens: 0, ...fixture.answered });
  });

  test('reads the facts of anything, and takes no junk for an answer', () => {
    for (const body of JUNK) {
      expect(operation.readFacts(body)).toMatchObject({ inputTokens: expect.any(Number), stream: expect.any(Boolean) });
      for (const name of names) {
        const { provider } = JSON.parse(readFileSync(join(FIXTURES, id, name), 'utf8')) as Fixture;
        const format = operation.formatFor(provider);
        if (format === undefined) continue;
        format.encodeCall?.(body, MODEL);
        expect(format.decodeAnswer(body, { body, model: MODEL, requestId: 'r' }).type).toBe('invalid');
      }
    }
  });

  test('counts the text of a call, and not the numbers of one with tokens one by one', () => {
    const many = operation.readFacts({
      model: 'm',
      input: Array.from({ length: 1000 }, (_, i) => i),
      documents: ['x'.repeat(4000)],
      query: 'q',
    });
    expect(many.inputTokens).toBeLessThanOrEqual(3000);
    expect(formatOf(operation, id === 'rerank' ? { ...OPENAI, vendor: 'Custom' } : OPENAI).path(OPENAI, 'a b/c')).toMatch(/^\/v1\//);
  });
});

function describeAnswer(decoded: ReturnType<OperationFormat['decodeAnswer']>): object {
  if (decoded.type === 'invalid') return decoded;
  const { body = null, usage } = decoded;
  return { body, inputTokens: usage?.inputTokens ?? null, outputTokens: usage?.outputTokens ?? 0 };
}
