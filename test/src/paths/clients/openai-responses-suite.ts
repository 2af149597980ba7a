import { expect } from '@jest/globals';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { ResponseInput, ResponseReasoningItem } from 'openai/resources/responses/responses';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { REASONED, REASONED_CALL, STRUCTURED, TEXT, TOKENS, TRUNCATED, TWO_CALLS } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import { PIXEL, QUESTION, REPORT, REPORT_VALUE, WEATHER, WEATHER_DESCRIPTION, WEATHER_RESULT, WEATHER_SCHEMA } from './weather.ts';

const connect = (bench: ClientBench): OpenAI => new OpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` });
const CALL = { model: 'assistant', input: QUESTION, store: false };
const TOOLS = [
  { type: 'function' as const, name: WEATHER, description: WEATHER_DESCRIPTION, parameters: { ...WEATHER_SCHEMA }, strict: true },
];

/** Sends the items back as they came, with the result of the call. */
async function answerCall(bench: ClientBench, asking: typeof CALL & { tools: typeof TOOLS }, output: readonly object[]): Promise<void> {
  const items = output as ResponseInput;
  const results = items.flatMap((item) =>
    item.type === 'function_call' ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: WEATHER_RESULT }] : [],
  );
  await connect(bench).responses.create({ ...asking, input: [{ role: 'user', content: QUESTION }, ...items, ...results] });
  bench.expectStateBack();
}

export const openaiResponsesSuite: ClientSuite = {
  client: 'openai: responses',
  cases: [
    {
      title: 'a blocking answer with usage',
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await connect(bench).responses.create({ ...CALL, instructions: 'Be brief.' });
        expect(answer).toMatchObject({ status: 'completed', output_text: TEXT.text.join('') });
        expect(answer.usage).toMatchObject({ input_tokens: TOKENS.input, output_tokens: TOKENS.output });
        if (bench.tells.cached) expect(answer.usage?.input_tokens_details.cached_tokens).toBe(TOKENS.cached);
        expect(bench.sent().body).toContain('Be brief.');
      },
    },
    {
      title: 'a stream of events that the helper puts together',
      run: async (bench) => {
        bench.streams(TEXT);
        const stream = connect(bench).responses.stream(CALL);
        let text = '';
        stream.on('response.output_text.delta', ({ delta }) => {
          text += delta;
        });
        const answer = await stream.finalResponse();
        expect(text).toBe(TEXT.text.join(''));
        expect(answer).toMatchObject({ status: 'completed', output_text: text, usage: { input_tokens: TOKENS.input } });
      },
    },
    {
      title: 'calls of tools, and their results sent back',
      run: async (bench) => {
        bench.answers(TWO_CALLS, TEXT);
        const answer = await connect(bench).responses.create({ ...CALL, tools: TOOLS });
        const calls = answer.output.filter((item) => item.type === 'function_call');
        expect(calls.map(({ name, arguments: args }) => [name, JSON.parse(args)])).toEqual([
          [WEATHER, { city: 'Oslo' }],
          [WEATHER, { city: 'Bergen' }],
        ]);
        expect(bench.sent().body).toContain(WEATHER_DESCRIPTION);
        const results = calls.map(({ call_id }, i) => ({
          type: 'function_call_output' as const,
          call_id,
          output: `${WEATHER_RESULT} ${i}`,
        }));
        const input: ResponseInput = [{ role: 'user', content: QUESTION }, ...(answer.output as ResponseInput), ...results];
        const next = await connect(bench).responses.create({ ...CALL, tools: TOOLS, input });
        expect(next.output_text).toBe(TEXT.text.join(''));
        expect(bench.sentHistory()).toContain(`${WEATHER_RESULT} 1`);
      },
    },
    {
      title: 'streamed calls',
      run: async (bench) => {
        bench.streams(TWO_CALLS);
        const answer = await connect(bench)
          .responses.stream({ ...CALL, tools: TOOLS })
          .finalResponse();
        const calls = answer.output.filter((item) => item.type === 'function_call');
        expect(calls.map(({ arguments: args }) => JSON.parse(args))).toEqual([{ city: 'Oslo' }, { city: 'Bergen' }]);
        expect(answer.output_text).toBe('Looking.');
      },
    },
    {
      title: 'parse with a zod schema',
      run: async (bench) => {
        bench.answers(STRUCTURED);
        const answer = await connect(bench).responses.parse({ ...CALL, text: { format: zodTextFormat(REPORT, 'report') } });
        expect(answer.output_parsed).toEqual(REPORT_VALUE);
        expect(bench.sent().body).toContain('degrees');
      },
    },
    {
      title: 'reasoning summaries beside the text, blocking and streamed',
      run: async (bench) => {
        const reasoning = { effort: 'low' as const, summary: 'auto' as const };
        bench.answers(REASONED);
        const blocking = await connect(bench).responses.create({ ...CALL, reasoning });
        bench.streams(REASONED);
        const streamed = await connect(bench)
          .responses.stream({ ...CALL, reasoning })
          .finalResponse();
        for (const answer of [blocking, streamed]) {
          const [thought] = answer.output.flatMap((item) => (item.type === 'reasoning' ? [item as ResponseReasoningItem] : []));
          expect(thought?.summary.map(({ text }) => text).join('')).toBe(REASONED.reasoning.join(''));
          expect(answer.output_text).toBe(REASONED.text.join(''));
          if (bench.tells.reasoningTokens) expect(answer.usage?.output_tokens_details.reasoning_tokens).toBe(TOKENS.reasoning);
        }
      },
    },
    {
      title: "a provider's own state comes back with the conversation, blocking and streamed",
      run: async (bench) => {
        const asking = { ...CALL, tools: TOOLS, reasoning: { effort: 'low' as const }, include: ['reasoning.encrypted_content' as const] };
        bench.answers(REASONED_CALL, TEXT);
        await answerCall(bench, asking, (await connect(bench).responses.create(asking)).output);
        bench.streams(REASONED_CALL);
        const { output } = await connect(bench).responses.stream(asking).finalResponse();
        bench.answersNext(TEXT);
        await answerCall(bench, asking, output);
      },
    },
    {
      title: 'an answer cut by its limit is incomplete',
      run: async (bench) => {
        bench.answers(TRUNCATED);
        const answer = await connect(bench).responses.create({ ...CALL, max_output_tokens: 16 });
        expect(answer).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
        expect(answer.output_text).toBe(TRUNCATED.text.join(''));
      },
    },
    {
      title: 'a picture in the question',
      run: async (bench) => {
        bench.answers(TEXT);
        const picture = { type: 'input_image' as const, image_url: `data:image/png;base64,${PIXEL}`, detail: 'auto' as const };
        const content = [{ type: 'input_text' as const, text: QUESTION }, picture];
        await connect(bench).responses.create({ ...CALL, input: [{ role: 'user', content }] });
        bench.expectPicture();
      },
    },
    {
      title: 'a stream that breaks is an error, never a short answer',
      run: async (bench) => {
        bench.breaks();
        const read = async (): Promise<void> => {
          for await (const event of await connect(bench).responses.create({ ...CALL, stream: true })) {
            if (event.type === 'response.completed') return;
            if (event.type === 'response.failed') throw new Error(event.response.error?.message);
            if (event.type === 'error') throw new Error(event.message);
          }
        };
        await expect(read()).rejects.toThrow(/broke off/);
      },
    },
    {
      title: "the provider's refusal as the client's own error",
      run: async (bench) => {
        bench.fails(400, 'temperature is too hot');
        const refused = connect(bench).responses.create(CALL);
        await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError);
        await expect(refused).rejects.toThrow('temperature is too hot');
      },
    },
    {
      title: 'an answer that the provider was to remember (previous_response_id)',
      refused: {
        pattern: /previous_response_id/,
        by: [
          'openai-chat',
          'anthropic-messages',
          'anthropic-bedrock',
          'anthropic-vertex',
          'bedrock-converse',
          'gemini',
          'cohere',
          'ollama',
        ],
      },
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await connect(bench).responses.create({ model: 'assistant', input: QUESTION, previous_response_id: 'resp_0' });
        expect(answer.output_text).toBe(TEXT.text.join(''));
        expect(bench.sent().json['previous_response_id']).toBe('resp_0');
      },
    },
  ],
};
