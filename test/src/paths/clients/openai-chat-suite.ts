import { expect } from '@jest/globals';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { CALL, REASONED, REASONED_CALL, STRUCTURED, TEXT, TOKENS, TRUNCATED, TRUNCATED_CALL, TWO_CALLS } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import {
  PIXEL,
  QUESTION,
  REPORT,
  REPORT_VALUE,
  WEATHER,
  WEATHER_DESCRIPTION,
  WEATHER_INPUT,
  WEATHER_JSON_SCHEMA,
  WEATHER_RESULT,
  WEATHER_SCHEMA,
} from './weather.ts';

const connect = (bench: ClientBench): OpenAI => new OpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` });
const CHAT = { model: 'assistant', messages: [{ role: 'user' as const, content: QUESTION }] };
const TOOLS = [
  { type: 'function' as const, function: { name: WEATHER, description: WEATHER_DESCRIPTION, parameters: { ...WEATHER_SCHEMA } } },
];

function usageOf(bench: ClientBench): object {
  return {
    prompt_tokens: TOKENS.input,
    completion_tokens: TOKENS.output,
    total_tokens: TOKENS.input + TOKENS.output,
    ...(bench.tells.cached && { prompt_tokens_details: expect.objectContaining({ cached_tokens: TOKENS.cached }) }),
  };
}

/** Sends the message back as it came, with the result of its call. */
async function answerCall(
  bench: ClientBench,
  asking: OpenAI.ChatCompletionCreateParamsNonStreaming,
  message: OpenAI.ChatCompletionMessage | undefined,
): Promise<void> {
  if (message === undefined) throw new Error('no message');
  const results = (message.tool_calls ?? []).map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: WEATHER_RESULT }));
  await connect(bench).chat.completions.create({ ...asking, messages: [...asking.messages, message, ...results] });
  bench.expectStateBack();
}

export const openaiChatSuite: ClientSuite = {
  client: 'openai: chat.completions',
  cases: [
    {
      title: 'a blocking answer with usage',
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await connect(bench).chat.completions.create({
          ...CHAT,
          messages: [{ role: 'developer', content: 'Be brief.' }, ...CHAT.messages],
        });
        expect(answer.choices).toMatchObject([
          { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: TEXT.text.join('') } },
        ]);
        expect(answer.usage).toMatchObject(usageOf(bench));
        expect(bench.sent().body).toContain('Be brief.');
      },
    },
    {
      title: 'a stream, with usage only when asked',
      run: async (bench) => {
        bench.streams(TEXT, TEXT);
        let text = '';
        for await (const chunk of await connect(bench).chat.completions.create({ ...CHAT, stream: true })) {
          expect(chunk.usage ?? null).toBeNull();
          text += chunk.choices[0]?.delta.content ?? '';
        }
        expect(text).toBe(TEXT.text.join(''));
        const usages: unknown[] = [];
        const asking = { ...CHAT, stream: true as const, stream_options: { include_usage: true } };
        for await (const chunk of await connect(bench).chat.completions.create(asking)) if (chunk.usage) usages.push(chunk.usage);
        expect(usages).toMatchObject([usageOf(bench)]);
      },
    },
    {
      title: 'calls of tools, and their results sent back',
      run: async (bench) => {
        bench.answers(TWO_CALLS, TEXT);
        const answer = await connect(bench).chat.completions.create({ ...CHAT, tools: TOOLS });
        const message = answer.choices[0]?.message;
        expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
        const calls = (message?.tool_calls ?? []).filter((call) => call.type === 'function');
        expect(calls.map(({ function: { name, arguments: args } }) => [name, JSON.parse(args)])).toEqual([
          [WEATHER, { city: 'Oslo' }],
          [WEATHER, { city: 'Bergen' }],
        ]);
        expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
        expect(bench.sent().body).toContain(WEATHER_DESCRIPTION);
        const results = calls.map(({ id }, i) => ({ role: 'tool' as const, tool_call_id: id, content: `${WEATHER_RESULT} ${i}` }));
        if (message === undefined) throw new Error('no message');
        const next = await connect(bench).chat.completions.create({
          ...CHAT,
          tools: TOOLS,
          messages: [...CHAT.messages, message, ...results],
        });
        expect(next.choices[0]?.message.content).toBe(TEXT.text.join(''));
        const body = bench.sentHistory();
        expect(body.indexOf(`${WEATHER_RESULT} 0`)).toBeGreaterThan(0);
        expect(body.indexOf(`${WEATHER_RESULT} 1`)).toBeGreaterThan(body.indexOf(`${WEATHER_RESULT} 0`));
      },
    },
    {
      title: 'the stream helper puts calls together',
      run: async (bench) => {
        bench.streams(TWO_CALLS);
        const answer = await connect(bench)
          .chat.completions.stream({ ...CHAT, tools: TOOLS })
          .finalChatCompletion();
        expect(answer.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: 'Looking.' } });
        const calls = (answer.choices[0]?.message.tool_calls ?? []).filter((call) => call.type === 'function');
        expect(calls.map(({ function: { arguments: args } }) => JSON.parse(args))).toEqual([{ city: 'Oslo' }, { city: 'Bergen' }]);
      },
    },
    {
      title: 'parse with a zod schema',
      run: async (bench) => {
        bench.answers(STRUCTURED);
        const answer = await connect(bench).chat.completions.parse({ ...CHAT, response_format: zodResponseFormat(REPORT, 'report') });
        expect(answer.choices[0]?.message.parsed).toEqual(REPORT_VALUE);
        expect(bench.sent().body).toContain('degrees');
      },
    },
    {
      title: 'the tools runner goes round until there is an answer',
      run: async (bench) => {
        bench.answers(CALL, TEXT);
        const asked: unknown[] = [];
        const runner = connect(bench).chat.completions.runTools({
          ...CHAT,
          tools: [
            {
              type: 'function',
              function: {
                name: WEATHER,
                description: WEATHER_DESCRIPTION,
                parameters: WEATHER_JSON_SCHEMA,
                parse: (text: string) => WEATHER_INPUT.parse(JSON.parse(text)),
                function: (args: { city: string }) => {
                  asked.push(args);
                  return WEATHER_RESULT;
                },
              },
            },
          ],
        });
        expect(await runner.finalContent()).toBe(TEXT.text.join(''));
        expect(asked).toEqual([{ city: 'Oslo' }]);
        expect(bench.sentHistory()).toContain(WEATHER_RESULT);
      },
    },
    {
      title: 'reasoning beside the text, blocking and streamed',
      run: async (bench) => {
        bench.answers(REASONED);
        const blocking = await connect(bench).chat.completions.create({ ...CHAT, reasoning_effort: 'low' });
        expect(blocking.choices[0]?.message).toMatchObject({
          content: REASONED.text.join(''),
          reasoning_content: REASONED.reasoning.join(''),
        });
        if (bench.tells.reasoningTokens) {
          expect(blocking.usage).toMatchObject({
            completion_tokens: TOKENS.output,
            completion_tokens_details: { reasoning_tokens: TOKENS.reasoning },
          });
        }
        bench.streams(REASONED);
        const parts = { content: '', reasoning_content: '' };
        for await (const chunk of await connect(bench).chat.completions.create({ ...CHAT, reasoning_effort: 'low', stream: true })) {
          const delta = chunk.choices[0]?.delta as { content?: string | null; reasoning_content?: string } | undefined;
          parts.content += delta?.content ?? '';
          parts.reasoning_content += delta?.reasoning_content ?? '';
        }
        expect(parts).toEqual({ content: REASONED.text.join(''), reasoning_content: REASONED.reasoning.join('') });
      },
    },
    {
      title: "a provider's own state comes back with the conversation, blocking and streamed",
      run: async (bench) => {
        const asking = { ...CHAT, tools: TOOLS, reasoning_effort: 'low' as const };
        bench.answers(REASONED_CALL, TEXT);
        const blocking = await connect(bench).chat.completions.create(asking);
        await answerCall(bench, asking, blocking.choices[0]?.message);
        bench.streams(REASONED_CALL);
        const streamed = await connect(bench).chat.completions.stream(asking).finalChatCompletion();
        bench.answersNext(TEXT);
        await answerCall(bench, asking, streamed.choices[0]?.message);
      },
    },
    {
      title: 'an answer cut by its limit says so, in the middle of a call too',
      run: async (bench) => {
        bench.answers(TRUNCATED);
        const text = await connect(bench).chat.completions.create({ ...CHAT, max_completion_tokens: 5 });
        expect(text.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: TRUNCATED.text.join('') } });
        expect(bench.sent().body).toMatch(/":5[,}]/);
        if (!bench.tells.partialCalls) return;
        bench.answers(TRUNCATED_CALL);
        const call = await connect(bench).chat.completions.create({ ...CHAT, tools: TOOLS, max_completion_tokens: 5 });
        expect(call.choices[0]).toMatchObject({
          finish_reason: 'length',
          message: { tool_calls: [{ function: { name: WEATHER, arguments: TRUNCATED_CALL.calls[0]?.args.join('') } }] },
        });
      },
    },
    {
      title: 'a picture in the question',
      run: async (bench) => {
        bench.answers(TEXT);
        const picture = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${PIXEL}` } };
        const content = [{ type: 'text' as const, text: QUESTION }, picture];
        await connect(bench).chat.completions.create({ ...CHAT, messages: [{ role: 'user', content }] });
        bench.expectPicture();
      },
    },
    {
      title: 'a stream that breaks is an error, never a short answer',
      run: async (bench) => {
        bench.breaks();
        const broken = connect(bench).chat.completions.stream(CHAT).finalChatCompletion();
        await expect(broken).rejects.toThrow(/broke off/);
      },
    },
    {
      title: "the provider's refusal as the client's own error",
      run: async (bench) => {
        bench.fails(400, 'temperature is too hot');
        const refused = connect(bench).chat.completions.create(CHAT);
        await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError);
        await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringContaining('temperature is too hot') });
        expect(bench.requests).toBe(1);
        await expect(connect(bench).chat.completions.create({ ...CHAT, model: 'nobody' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
        const stranger = new OpenAI({ apiKey: 'wrong', baseURL: `${bench.url}/v1` });
        await expect(stranger.chat.completions.create(CHAT)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
      },
    },
    {
      title: 'the list of models',
      run: async (bench) => {
        const names: string[] = [];
        for await (const model of connect(bench).models.list()) names.push(model.id);
        expect(names).toEqual(['assistant']);
      },
    },
  ],
};
