import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AssistantPart, ChatCall, ChatMessage, ToolDefinition } from '../wire/chat-call.ts';
import { defined } from '../wire/defined.ts';
import { SseParser } from '../wire/sse-parser.ts';
import type { StreamEvent } from '../wire/stream-event.ts';
import type { AnswerContext, Dialect } from './dialect.ts';
import { foldAnswer } from './fold-answer.ts';
import { DIALECTS } from './registry.ts';

const dialects: readonly Dialect[] = Object.values(DIALECTS);
const context: AnswerContext = { requestId: 'r', model: 'm', nowSeconds: 0, includeUsage: true };
const RUNS = { numRuns: 200 };

/** Text with something in it: dialects differ about empty and blank ones. */
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '' && text.isWellFormed());
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/);
const argumentsJson = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).map((value) => JSON.stringify(value));
const schema = fc
  .dictionary(name, fc.record({ type: fc.constantFrom('string', 'number') }), { maxKeys: 3 })
  .map((properties) => ({ type: 'object', properties }));

const tool: fc.Arbitrary<ToolDefinition> = fc
  .record({ name, description: fc.option(words, { nil: undefined }), parameters: schema })
  .map((definition) => defined(definition));

/** A conversation every dialect can hold: instructions first, turns that alternate, every call answered at once. */
const conversation: fc.Arbitrary<readonly ChatMessage[]> = fc
  .tuple(
    fc.option(words, { nil: undefined }),
    fc.array(fc.tuple(words, words, fc.array(fc.tuple(name, argumentsJson, words), { maxLength: 3 })), { maxLength: 4 }),
    words,
  )
  .map(([system, turns, last]) => {
    const messages: ChatMessage[] = system === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }];
    for (const [turn, [asked, answered, calls]] of turns.entries()) {
      messages.push({ role: 'user', parts: [{ type: 'text', text: asked }] });
      const ids = calls.map((_, index) => `call_${turn}_${index}`);
      const made = calls.map(
        ([called, text], index): AssistantPart => ({ type: 'tool-call', id: ids[index] ?? '', name: called, argumentsJson: text }),
      );
      messages.push({ role: 'assistant', parts: [{ type: 'text', text: answered }, ...made] });
      for (const [index, [, , result]] of calls.entries())
        messages.push({ role: 'tool', toolCallId: ids[index] ?? '', parts: [{ type: 'text', text: result }] });
    }
    const answersCalls = messages.at(-1)?.role === 'tool';
    return answersCalls ? messages : [...messages, { role: 'user', parts: [{ type: 'text', text: last }] }];
  });

const call: fc.Arbitrary<ChatCall> = fc
  .record({
    messages: conversation,
    tools: fc.uniqueArray(tool, { maxLength: 3, selector: (definition) => definition.name }),
    temperature: fc.option(fc.constantFrom(0, 0.5, 1), { nil: undefined }),
    maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
    stream: fc.boolean(),
    // Anthropic takes closed objects only.
    schema: fc.option(
      schema.map((open) => ({ ...open, additionalProperties: false })),
      { nil: undefined },
    ),
  })
  .map(({ temperature, schema: wanted, ...rest }) => ({
    ...rest,
    model: 'm',
    // Responses have no stop sequences.
    stop: [],
    includeUsage: true,
    sampling: defined({ temperature }),
    rest: {},
    ...(wanted && { responseFormat: { type: 'json-schema' as const, name: 'response', schema: wanted } }),
  }));

/** What a call says, whoever spells it; arguments as values, since some dialects carry them so. */
function said(decoded: ChatCall): unknown {
  const { messages, tools, sampling, maxOutputTokens, stream, responseFormat } = decoded;
  const text = JSON.stringify({ messages, tools, sampling, maxOutputTokens, stream, responseFormat }, (key, value: unknown) => {
    // Responses have to say `strict: false`, which is what leaving it out means elsewhere.
    if (key === 'at' || key === 'firstPart' || key === 'opaque' || (key === 'strict' && value === false)) return undefined;
    return key === 'argumentsJson' ? (JSON.parse(String(value)) as unknown) : value;
  });
  return JSON.parse(text);
}

describe.each(dialects.map((dialect) => [dialect.id, dialect] as const))('%s', (_id, dialect) => {
  test('decode(encode(call)) = call, without losses, for what every dialect can carry', () => {
    fc.assert(
      fc.property(call, (original) => {
        const { body, losses } = dialect.encodeCall(original, { model: 'm', quirks: {} });
        expect(losses).toEqual([]);
        const decoded = dialect.decodeCall(dialect.callOutsideBody ? { ...body, model: 'm', stream: original.stream } : body);
        if (decoded.type === 'invalid') throw new Error(decoded.message);
        expect(said(decoded.value)).toEqual(said(original));
      }),
      RUNS,
    );
  });

  test('decode(encode(events)) = events, streamed in any pieces or whole', () => {
    fc.assert(
      fc.property(answerEvents, fc.array(fc.nat(200), { maxLength: 6 }), (events, cuts) => {
        const expected = seen(events);
        const encoder = dialect.streamEncoder(context);
        const bytes = new TextEncoder().encode(events.map((event) => encoder.push(event)).join('') + encoder.end());
        expect(seen(decodeBytes(dialect, bytes, cuts))).toEqual(expected);
        const blocking = dialect.decodeAnswer(dialect.encodeAnswer(events, context));
        if (blocking.type === 'invalid') throw new Error(blocking.message);
        expect(seen(blocking.value)).toEqual(expected);
      }),
      RUNS,
    );
  });
});

const usage = fc.record({
  inputTokens: fc.nat(1000),
  cacheReadTokens: fc.nat(1000),
  cacheWriteTokens: fc.constant(0),
  outputTokens: fc.nat(1000),
});

const answerEvents: fc.Arbitrary<readonly StreamEvent[]> = fc
  .tuple(
    fc.array(words, { maxLength: 4 }),
    fc.array(words, { maxLength: 4 }),
    fc.array(fc.tuple(name, argumentsJson, fc.nat(20)), { maxLength: 3 }),
    usage,
  )
  .map(([thoughts, texts, calls, tokens]) => [
    { type: 'message-start', id: 'msg', model: 'model' },
    ...thoughts.map((text): StreamEvent => ({ type: 'reasoning-delta', text })),
    ...texts.map((text): StreamEvent => ({ type: 'text-delta', text })),
    ...calls.flatMap(([called, text, cut], index): StreamEvent[] => [
      { type: 'tool-call-start', index, id: `call_${index}`, name: called },
      { type: 'tool-call-delta', index, argumentsJson: text.slice(0, cut) },
      { type: 'tool-call-delta', index, argumentsJson: text.slice(cut) },
    ]),
    { type: 'usage', usage: { ...tokens, reasoningTokens: 0 } },
    { type: 'finish', reason: calls.length > 0 ? { unified: 'tool-calls', raw: '' } : { unified: 'stop', raw: '' } },
  ]);

function decodeBytes(dialect: Dialect, bytes: Uint8Array, cuts: readonly number[]): readonly StreamEvent[] {
  const parser = dialect.streamParser?.('text/event-stream') ?? new SseParser();
  const decoder = dialect.streamDecoder();
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const cut of cuts) {
    chunks.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  const results = [...chunks, bytes.subarray(at)].map((chunk) => parser.push(chunk));
  return [...results, parser.end()].flatMap((result) =>
    result.type === 'events' ? result.events.flatMap((event) => decoder.push(event)) : [],
  );
}

/** Without block boundaries, which dialects draw differently; no arguments are the empty object. */
function seen(events: readonly StreamEvent[]): unknown {
  const answer = foldAnswer(events);
  const parts = answer.choices[0]?.parts ?? [];
  const joined = (type: 'text' | 'reasoning'): string => parts.map((part) => (part.type === type ? part.text : '')).join('');
  const { raw: _raw, ...tokens } = answer.usage ?? {};
  return {
    id: answer.id,
    model: answer.model,
    text: joined('text'),
    reasoning: joined('reasoning'),
    calls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [[part.id, part.name, JSON.parse(part.argumentsJson || '{}') as unknown]] : [],
    ),
    finish: answer.choices[0]?.finish?.unified,
    tokens,
  };
}
