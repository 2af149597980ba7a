import { expect } from '@jest/globals';
import { type AIMessageChunk, HumanMessage, SystemMessage, ToolMessage, type UsageMetadata } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { STRUCTURED, TEXT, TOKENS, TWO_CALLS } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientCase, ClientSuite } from './client-suite.ts';
import { PIXEL, QUESTION, REPORT, REPORT_VALUE, WEATHER, WEATHER_DESCRIPTION, WEATHER_INPUT, WEATHER_RESULT } from './weather.ts';

type Connect = (bench: ClientBench) => ChatOpenAI;

const weather = tool(() => WEATHER_RESULT, { name: WEATHER, description: WEATHER_DESCRIPTION, schema: WEATHER_INPUT });

function casesOf(connect: Connect): readonly ClientCase[] {
  return [...toolCases(connect), ...failureCases(connect), ...answerCases(connect)];
}

function toolCases(connect: Connect): readonly ClientCase[] {
  return [
    {
      title: 'bound tools, and their results sent back',
      run: async (bench) => {
        bench.answers(TWO_CALLS, TEXT);
        const asked = new HumanMessage(QUESTION);
        const answer = await connect(bench).bindTools([weather]).invoke([asked]);
        expect(answer.tool_calls?.map(({ name, args }) => [name, args])).toEqual([
          [WEATHER, { city: 'Oslo' }],
          [WEATHER, { city: 'Bergen' }],
        ]);
        expect(bench.sent().body).toContain(WEATHER_DESCRIPTION);
        const results = (answer.tool_calls ?? []).map(
          ({ id }, i) => new ToolMessage({ tool_call_id: id ?? '', content: `${WEATHER_RESULT} ${i}` }),
        );
        const next = await connect(bench)
          .bindTools([weather])
          .invoke([asked, answer, ...results]);
        expect(next.text).toBe(TEXT.text.join(''));
        expect(bench.sentHistory()).toContain(`${WEATHER_RESULT} 1`);
      },
    },
    {
      title: 'streamed calls',
      run: async (bench) => {
        bench.streams(TWO_CALLS);
        const chunks: AIMessageChunk[] = [];
        for await (const chunk of await connect(bench).bindTools([weather]).stream(QUESTION)) chunks.push(chunk);
        const whole = chunks.reduce((gathered, chunk) => gathered.concat(chunk));
        expect(whole.tool_calls?.map(({ args }) => args)).toEqual([{ city: 'Oslo' }, { city: 'Bergen' }]);
      },
    },
  ];
}

function failureCases(connect: Connect): readonly ClientCase[] {
  return [
    {
      title: 'a stream that breaks is an error, never a short answer',
      run: async (bench) => {
        bench.breaks();
        const read = async (): Promise<void> => {
          for await (const chunk of await connect(bench).stream(QUESTION)) expect(chunk).toBeDefined();
        };
        await expect(read()).rejects.toThrow(/broke off/);
      },
    },
    {
      title: "the provider's refusal as the client's own error",
      run: async (bench) => {
        bench.fails(400, 'temperature is too hot');
        await expect(connect(bench).invoke(QUESTION)).rejects.toThrow('temperature is too hot');
      },
    },
  ];
}

function answerCases(connect: Connect): readonly ClientCase[] {
  return [
    {
      title: 'invoke with usage',
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await connect(bench).invoke([new SystemMessage('Be brief.'), new HumanMessage(QUESTION)]);
        expect(answer.text).toBe(TEXT.text.join(''));
        expect(answer.usage_metadata).toMatchObject({ input_tokens: TOKENS.input, output_tokens: TOKENS.output });
        expect(bench.sent().body).toContain('Be brief.');
      },
    },
    {
      title: 'stream with usage',
      run: async (bench) => {
        bench.streams(TEXT);
        let text = '';
        let outputTokens = 0;
        for await (const chunk of await connect(bench).stream(QUESTION)) {
          text += chunk.text;
          const usage = chunk.usage_metadata as UsageMetadata | undefined;
          outputTokens += usage?.output_tokens ?? 0;
        }
        expect(text).toBe(TEXT.text.join(''));
        expect(outputTokens).toBe(TOKENS.output);
      },
    },
    {
      title: 'structured output',
      run: async (bench) => {
        bench.answers(STRUCTURED);
        const answer = await connect(bench).withStructuredOutput(REPORT, { name: 'report', method: 'jsonSchema' }).invoke(QUESTION);
        expect(answer).toEqual(REPORT_VALUE);
      },
    },
    {
      title: 'a picture in the question',
      run: async (bench) => {
        bench.answers(TEXT);
        const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } };
        await connect(bench).invoke([new HumanMessage({ content: [{ type: 'text', text: QUESTION }, picture] })]);
        bench.expectPicture();
      },
    },
  ];
}

const connectWith =
  (useResponsesApi: boolean): Connect =>
  (bench) =>
    new ChatOpenAI({ model: 'assistant', apiKey: CALLER_KEY, useResponsesApi, configuration: { baseURL: `${bench.url}/v1` } });

export const langchainSuites: readonly ClientSuite[] = [
  { client: '@langchain/openai (chat)', cases: casesOf(connectWith(false)) },
  { client: '@langchain/openai (responses)', cases: casesOf(connectWith(true)) },
];
