import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { expect } from '@jest/globals';
import { APICallError, generateText, isStepCount, type LanguageModel, Output, streamText, tool } from 'ai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { CALL, type CanonicalAnswer, REASONED, REASONED_CALL, STRUCTURED, TEXT, TOKENS, TRUNCATED } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientCase, ClientSuite } from './client-suite.ts';
import { PIXEL, QUESTION, REPORT, REPORT_VALUE, WEATHER_DESCRIPTION, WEATHER_INPUT, WEATHER_RESULT } from './weather.ts';

type Connect = (bench: ClientBench) => LanguageModel;

const PROMPT = { prompt: QUESTION, maxRetries: 0 } as const;
const SAID_AND_CALLED: CanonicalAnswer = { ...REASONED_CALL, text: ['Looking.'] };
const weather = tool({ description: WEATHER_DESCRIPTION, inputSchema: WEATHER_INPUT, execute: () => WEATHER_RESULT });

/** What an application does with the Vercel AI SDK, whichever of its providers is in between. */
function casesOf(connect: Connect): readonly ClientCase[] {
  return [...toolCases(connect), ...failureCases(connect), ...answerCases(connect)];
}

function toolCases(connect: Connect): readonly ClientCase[] {
  return [
    {
      title: 'tools, blocking, until there is an answer',
      run: async (bench) => {
        bench.answers(CALL, TEXT);
        const answer = await generateText({ model: connect(bench), ...PROMPT, tools: { weather }, stopWhen: isStepCount(3) });
        expect(answer.text).toBe(TEXT.text.join(''));
        expect(answer.steps[0]?.toolCalls).toMatchObject([{ toolName: 'weather', input: { city: 'Oslo' } }]);
        expect(bench.sent().body).toContain(WEATHER_DESCRIPTION);
        expect(bench.sentHistory()).toContain(WEATHER_RESULT);
      },
    },
    {
      title: 'tools, streamed, until there is an answer',
      run: async (bench) => {
        bench.streams(CALL, TEXT);
        const answer = streamText({ model: connect(bench), ...PROMPT, tools: { weather }, stopWhen: isStepCount(3) });
        expect(await answer.text).toBe(TEXT.text.join(''));
        const steps = await answer.steps;
        expect(steps[0]).toMatchObject({ finishReason: 'tool-calls', toolCalls: [{ toolName: 'weather', input: { city: 'Oslo' } }] });
        expect(bench.sentHistory()).toContain(WEATHER_RESULT);
      },
    },
  ];
}

function failureCases(connect: Connect): readonly ClientCase[] {
  return [
    {
      title: 'an answer cut by its limit',
      run: async (bench) => {
        bench.answers(TRUNCATED);
        const answer = await generateText({ model: connect(bench), ...PROMPT, maxOutputTokens: 5 });
        expect(answer).toMatchObject({ text: TRUNCATED.text.join(''), finishReason: 'length' });
      },
    },
    {
      title: 'a stream that breaks is an error, never a short answer',
      run: async (bench) => {
        bench.breaks();
        const errors: unknown[] = [];
        const answer = streamText({ model: connect(bench), ...PROMPT, onError: ({ error }) => void errors.push(error) });
        for await (const part of answer.fullStream) if (part.type === 'finish') expect(part.finishReason).not.toBe('stop');
        expect(errors).toHaveLength(1);
      },
    },
    {
      title: "the provider's refusal as the client's own error",
      run: async (bench) => {
        bench.fails(400, 'temperature is too hot');
        const refused = generateText({ model: connect(bench), ...PROMPT });
        await expect(refused).rejects.toBeInstanceOf(APICallError);
        await expect(refused).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('temperature is too hot') });
      },
    },
  ];
}

function answerCases(connect: Connect): readonly ClientCase[] {
  return [
    {
      title: 'generateText with usage',
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await generateText({ model: connect(bench), ...PROMPT, instructions: 'Be brief.' });
        expect(answer).toMatchObject({ text: TEXT.text.join(''), finishReason: 'stop' });
        expect(answer.usage).toMatchObject({ inputTokens: TOKENS.input, outputTokens: TOKENS.output });
        if (bench.tells.cached) expect(answer.usage.inputTokenDetails.cacheReadTokens).toBe(TOKENS.cached);
        expect(bench.sent().body).toContain('Be brief.');
      },
    },
    {
      title: 'streamText with usage',
      run: async (bench) => {
        bench.streams(TEXT);
        const answer = streamText({ model: connect(bench), ...PROMPT });
        let text = '';
        for await (const piece of answer.textStream) text += piece;
        expect(text).toBe(TEXT.text.join(''));
        expect(await answer.finishReason).toBe('stop');
        expect(await answer.usage).toMatchObject({ inputTokens: TOKENS.input, outputTokens: TOKENS.output });
      },
    },
    {
      title: 'output by a zod schema',
      run: async (bench) => {
        bench.answers(STRUCTURED);
        const answer = await generateText({ model: connect(bench), ...PROMPT, output: Output.object({ schema: REPORT }) });
        expect(answer.output).toEqual(REPORT_VALUE);
      },
    },
    {
      title: 'a picture in the question',
      run: async (bench) => {
        bench.answers(TEXT);
        const picture = { type: 'file' as const, data: Buffer.from(PIXEL, 'base64'), mediaType: 'image/png' };
        const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: QUESTION }, picture] }];
        await generateText({ model: connect(bench), maxRetries: 0, messages });
        bench.expectPicture();
      },
    },
  ];
}

/** Where the provider of the SDK reads reasoning. */
function reasons(connect: Connect): ClientCase {
  return {
    title: 'reasoning beside the text, blocking and streamed',
    run: async (bench) => {
      bench.answers(REASONED);
      const blocking = await generateText({ model: connect(bench), ...PROMPT });
      expect(blocking).toMatchObject({ text: REASONED.text.join(''), reasoningText: REASONED.reasoning.join('') });
      bench.streams(REASONED);
      const streamed = streamText({ model: connect(bench), ...PROMPT });
      expect(await streamed.text).toBe(REASONED.text.join(''));
      expect(await streamed.reasoningText).toBe(REASONED.reasoning.join(''));
    },
  };
}

/** `@ai-sdk/openai` names earlier answers by their ids, as kept at the provider, unless it is told not to. */
const KEPT: ClientCase = {
  title: 'an answer before a call that the provider was to keep (the default: store)',
  refused: {
    pattern: /item_reference/,
    by: ['openai-chat', 'anthropic-messages', 'anthropic-bedrock', 'anthropic-vertex', 'bedrock-converse', 'gemini', 'cohere', 'ollama'],
  },
  run: async (bench) => {
    bench.answers(SAID_AND_CALLED, TEXT);
    const answer = await generateText({ model: responses(bench), ...PROMPT, tools: { weather }, stopWhen: isStepCount(3) });
    expect(answer.text).toBe(TEXT.text.join(''));
    expect(bench.sent(1).body).toContain('item_reference');
  },
};

const SENT: ClientCase = {
  title: 'an answer before a call, sent back whole (store: false)',
  run: async (bench) => {
    bench.answers(SAID_AND_CALLED, TEXT);
    const providerOptions = { openai: { store: false, include: ['reasoning.encrypted_content'] } };
    const answer = await generateText({
      model: responses(bench),
      ...PROMPT,
      providerOptions,
      tools: { weather },
      stopWhen: isStepCount(3),
    });
    expect(answer.text).toBe(TEXT.text.join(''));
    expect(bench.sentHistory()).toContain(SAID_AND_CALLED.text.join(''));
    bench.expectStateBack();
  },
};

const responses: Connect = (bench) => createOpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` })('assistant');
const chat: Connect = (bench) => createOpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` }).chat('assistant');
const anthropic: Connect = (bench) => createAnthropic({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` })('assistant');
const compatible: Connect = (bench) => {
  const options = { name: 'headgate', apiKey: CALLER_KEY, includeUsage: true, supportsStructuredOutputs: true };
  return createOpenAICompatible({ ...options, baseURL: `${bench.url}/v1` })('assistant');
};

export const aiSdkSuites: readonly ClientSuite[] = [
  { client: 'ai + @ai-sdk/openai (responses)', cases: [...casesOf(responses), reasons(responses), KEPT, SENT] },
  { client: 'ai + @ai-sdk/openai (chat)', cases: casesOf(chat) },
  { client: 'ai + @ai-sdk/openai-compatible', cases: [...casesOf(compatible), reasons(compatible)] },
  { client: 'ai + @ai-sdk/anthropic', cases: [...casesOf(anthropic), reasons(anthropic)] },
];
