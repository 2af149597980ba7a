import type { DialectId } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import {
  anthropicMessage,
  DONE,
  END,
  event,
  jsonAnswer,
  openaiChunk,
  openaiCompletion,
  STREAM_HEAD,
} from '../../fakes/provider-answers.ts';
import type { Script } from '../../fakes/scripted-upstream.ts';
import { CALL, REASONED, TOKENS } from '../clients/canonical-answer.ts';
import { type ScriptedDialectId, UPSTREAMS } from '../clients/upstreams/upstreams.ts';
import { callOnce, PLAIN_CALLS } from './one-call.ts';

/** What gateways are known to lose on the way back, one promise each, over the wire. */

const CALLERS = Object.keys(PLAIN_CALLS) as readonly DialectId[];
const PROVIDERS = Object.keys(UPSTREAMS) as readonly ScriptedDialectId[];
const PAIRS = CALLERS.flatMap((caller) => PROVIDERS.map((provider) => ({ caller, provider })));
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const ASKS_USAGE = { stream_options: { include_usage: true } };

const FINISH_OF_CALLS: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'tool_calls',
  'openai-responses': 'completed',
  'anthropic-messages': 'tool_use',
  gemini: 'STOP',
};

function callBody(caller: DialectId): object {
  return { ...PLAIN_CALLS[caller], ...(caller === 'openai-chat' && ASKS_USAGE) };
}

describe.each(CALLERS)('a stream of chat completions, as callers of %s see it', (caller) => {
  const chunk = (delta: object, rest: object = {}, finish: string | null = null): Script[number] =>
    event({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'upstream-model',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...rest,
    });

  test('keeps what the last chunk holds: content, finish and usage together', async () => {
    const script = [
      STREAM_HEAD,
      chunk({ role: 'assistant', content: 'Hel' }),
      chunk({ content: 'lo' }, { usage: USAGE }, 'length'),
      DONE,
      END,
    ];
    const { seen } = await callOnce({ caller, provider: 'openai-chat', script, body: callBody(caller), stream: true });
    expect(seen).toMatchObject({ text: 'Hello', input: 10, output: 5 });
    expect(seen.finish).toMatch(/length|max_output_tokens|max_tokens|MAX_TOKENS/);
  });

  test('says the first piece of text once, also where it comes with the role', async () => {
    const script = [
      STREAM_HEAD,
      openaiChunk({ role: 'assistant', content: 'One ' }),
      openaiChunk({ role: 'assistant', content: 'two' }),
      openaiChunk({}, 'stop'),
      DONE,
      END,
    ];
    const { seen } = await callOnce({ caller, provider: 'openai-chat', script, body: callBody(caller), stream: true });
    expect(seen.text).toBe('One two');
  });

  test('counts reasoning that the vendor leaves out of its completion tokens', async () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 22,
      completion_tokens_details: { reasoning_tokens: 7 },
      prompt_tokens_details: { cached_tokens: 4 },
    };
    const script = jsonAnswer(200, openaiCompletion('ok', { usage }));
    const { seen } = await callOnce({ caller, provider: 'openai-chat', script, body: callBody(caller) });
    // Between equal dialects the answer is the provider's own, byte for byte.
    expect(seen).toMatchObject({ input: 10, output: caller === 'openai-chat' ? 5 : 12 });
  });

  test("has the words of a model's refusal", async () => {
    const message = { role: 'assistant', content: null, refusal: 'I would rather not.' };
    const script = jsonAnswer(200, openaiCompletion('', { choices: [{ index: 0, message, finish_reason: 'stop' }] }));
    const { seen } = await callOnce({ caller, provider: 'openai-chat', script, body: callBody(caller) });
    expect(seen.text).toBe('I would rather not.');
  });
});

describe.each(CALLERS)("Anthropic's answers, as callers of %s see them", (caller) => {
  const body = callBody(caller);
  const answered = (extra: object): Script => jsonAnswer(200, anthropicMessage('', extra));

  test('hold no calls to answer where the vendor has called its own tools', async () => {
    const content = [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      { type: 'text', text: 'Found it.' },
    ];
    const { seen } = await callOnce({ caller, provider: 'anthropic-messages', script: answered({ content }), body });
    expect(seen).toMatchObject({ text: 'Found it.', calls: [] });
    expect(seen.finish).toMatch(/^(stop|completed|end_turn|STOP)$/);
  });

  test('say why they were refused', async () => {
    const refused = { content: [], stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'Against the rules.' } };
    const { text, seen } = await callOnce({ caller, provider: 'anthropic-messages', script: answered(refused), body });
    expect(text).toContain('Against the rules.');
    expect(seen.finish).toMatch(/content_filter|refusal|SAFETY/);
  });
});

describe.each(PAIRS)('$caller from $provider', ({ caller, provider }) => {
  const { blocking, stream } = UPSTREAMS[provider];

  test('calls are told as the reason to stop', async () => {
    for (const streamed of [false, true]) {
      const script = streamed ? stream(CALL) : blocking(CALL);
      const { seen } = await callOnce({ caller, provider, script, body: callBody(caller), stream: streamed });
      expect(seen.calls).toEqual(['weather']);
      // Between Gemini and Gemini as between any two of a kind: nothing is touched.
      expect(seen.finish).toBe(FINISH_OF_CALLS[caller]);
    }
  });

  test('input holds cached tokens and output reasoning, once each', async () => {
    for (const streamed of [false, true]) {
      const script = streamed ? stream(REASONED) : blocking(REASONED);
      const { seen } = await callOnce({ caller, provider, script, body: callBody(caller), stream: streamed });
      expect(seen).toMatchObject({ text: REASONED.text.join(''), reasoning: REASONED.reasoning.join('') });
      expect([seen.input, seen.output]).toEqual([TOKENS.input, TOKENS.output]);
    }
  });

  test.each([400, 401, 403, 404, 429])('an error %i keeps its status and its words', async (status) => {
    const script = UPSTREAMS[provider].failure(status, 'because I say so');
    const answer = await callOnce({ caller, provider, script, body: callBody(caller) });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining('because I say so')]);
  });
});
