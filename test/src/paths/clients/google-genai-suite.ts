import { ApiError, type Content, FunctionCallingConfigMode, type GenerateContentConfig, GoogleGenAI, type Part } from '@google/genai';
import { expect } from '@jest/globals';
import { z } from 'zod';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { REASONED, REASONED_CALL, SIGNATURE, STRUCTURED, TEXT, TOKENS, TRUNCATED, TWO_CALLS } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import { PIXEL, QUESTION, REPORT, REPORT_VALUE, WEATHER, WEATHER_DESCRIPTION, WEATHER_RESULT, WEATHER_SCHEMA } from './weather.ts';

const connect = (bench: ClientBench): GoogleGenAI => new GoogleGenAI({ apiKey: CALLER_KEY, httpOptions: { baseUrl: bench.url } });
const CALL = { model: 'assistant', contents: QUESTION };
const TOOLS = [{ functionDeclarations: [{ name: WEATHER, description: WEATHER_DESCRIPTION, parametersJsonSchema: WEATHER_SCHEMA }] }];
const THOUGHTS = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } };

function thoughtsOf(content: Content | undefined): string {
  return (content?.parts ?? [])
    .filter(({ thought }) => thought === true)
    .map(({ text }) => text ?? '')
    .join('');
}

/** Sends the parts back as they came, with the result of the call. */
async function answerCall(bench: ClientBench, config: GenerateContentConfig, parts: Part[] = []): Promise<void> {
  const results = parts.flatMap(({ functionCall }) =>
    functionCall === undefined
      ? []
      : [
          {
            functionResponse: {
              ...(functionCall.id !== undefined && { id: functionCall.id }),
              name: WEATHER,
              response: { output: WEATHER_RESULT },
            },
          },
        ],
  );
  const turns: Content[] = [
    { role: 'user', parts: [{ text: QUESTION }] },
    { role: 'model', parts },
    { role: 'user', parts: results },
  ];
  await connect(bench).models.generateContent({ ...CALL, contents: turns, config });
  bench.expectStateBack();
}

export const googleGenaiSuite: ClientSuite = {
  client: '@google/genai',
  cases: [
    {
      title: 'a blocking answer with usage',
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await connect(bench).models.generateContent({
          ...CALL,
          config: { systemInstruction: 'Be brief.', maxOutputTokens: 99 },
        });
        expect(answer.text).toBe(TEXT.text.join(''));
        expect(answer.candidates?.[0]?.finishReason).toBe('STOP');
        expect(answer.usageMetadata).toMatchObject({
          promptTokenCount: TOKENS.input,
          candidatesTokenCount: TOKENS.output,
          totalTokenCount: TOKENS.input + TOKENS.output,
          ...(bench.tells.cached && { cachedContentTokenCount: TOKENS.cached }),
        });
        expect(bench.sent().body).toContain('Be brief.');
      },
    },
    {
      title: 'a stream',
      run: async (bench) => {
        bench.streams(TEXT);
        let text = '';
        let total: number | undefined;
        let chunks = 0;
        for await (const chunk of await connect(bench).models.generateContentStream(CALL)) {
          text += chunk.text ?? '';
          total = chunk.usageMetadata?.totalTokenCount ?? total;
          chunks += 1;
        }
        expect(text).toBe(TEXT.text.join(''));
        expect(chunks).toBeGreaterThan(1);
        expect(total).toBe(TOKENS.input + TOKENS.output);
        bench.sent();
      },
    },
    {
      title: 'function calls, and their results sent back',
      run: async (bench) => {
        bench.answers(TWO_CALLS, TEXT);
        const config = { tools: TOOLS, toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } } };
        const answer = await connect(bench).models.generateContent({ ...CALL, config });
        expect(answer.functionCalls?.map(({ name, args }) => [name, args])).toEqual([
          [WEATHER, { city: 'Oslo' }],
          [WEATHER, { city: 'Bergen' }],
        ]);
        expect(bench.sent().body).toContain(WEATHER_DESCRIPTION);
        const parts = (answer.functionCalls ?? []).map((call, i) => ({
          functionResponse: {
            ...(call.id !== undefined && { id: call.id }),
            name: WEATHER,
            response: { output: `${WEATHER_RESULT} ${i}` },
          },
        }));
        const said = answer.candidates?.[0]?.content;
        if (said === undefined) throw new Error('no content');
        const contents: Content[] = [{ role: 'user', parts: [{ text: QUESTION }] }, said, { role: 'user', parts }];
        const next = await connect(bench).models.generateContent({ ...CALL, contents, config });
        expect(next.text).toBe(TEXT.text.join(''));
        const body = bench.sentHistory();
        expect(body).toContain(`${WEATHER_RESULT} 1`);
        if (bench.dialect === 'gemini') expect(body).toContain(SIGNATURE);
      },
    },
    {
      title: 'streamed function calls',
      run: async (bench) => {
        bench.streams(TWO_CALLS);
        const inputs: unknown[] = [];
        for await (const chunk of await connect(bench).models.generateContentStream({ ...CALL, config: { tools: TOOLS } })) {
          inputs.push(...(chunk.functionCalls ?? []).map(({ args }) => args));
        }
        expect(inputs).toEqual([{ city: 'Oslo' }, { city: 'Bergen' }]);
      },
    },
    {
      title: 'JSON by schema',
      run: async (bench) => {
        bench.answers(STRUCTURED);
        const config = { responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(REPORT) };
        const answer = await connect(bench).models.generateContent({ ...CALL, config });
        expect(JSON.parse(answer.text ?? '')).toEqual(REPORT_VALUE);
        expect(bench.sent().body).toContain('degrees');
      },
    },
    {
      title: 'thoughts beside the text, blocking and streamed',
      run: async (bench) => {
        bench.answers(REASONED);
        const answer = await connect(bench).models.generateContent({ ...CALL, config: THOUGHTS });
        expect(thoughtsOf(answer.candidates?.[0]?.content)).toBe(REASONED.reasoning.join(''));
        expect(answer.text).toBe(REASONED.text.join(''));
        if (bench.tells.reasoningTokens) expect(answer.usageMetadata?.thoughtsTokenCount).toBe(TOKENS.reasoning);
        bench.streams(REASONED);
        let thoughts = '';
        for await (const chunk of await connect(bench).models.generateContentStream({ ...CALL, config: THOUGHTS })) {
          thoughts += thoughtsOf(chunk.candidates?.[0]?.content);
        }
        expect(thoughts).toBe(REASONED.reasoning.join(''));
      },
    },
    {
      title: "a provider's own state comes back with the conversation, blocking and streamed",
      run: async (bench) => {
        const config = { tools: TOOLS, ...THOUGHTS };
        bench.answers(REASONED_CALL, TEXT);
        const blocking = await connect(bench).models.generateContent({ ...CALL, config });
        await answerCall(bench, config, blocking.candidates?.[0]?.content?.parts);
        bench.streams(REASONED_CALL);
        const parts: Part[] = [];
        for await (const chunk of await connect(bench).models.generateContentStream({ ...CALL, config })) {
          parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
        }
        bench.answersNext(TEXT);
        await answerCall(bench, config, parts);
      },
    },
    {
      title: 'an answer cut by its limit',
      run: async (bench) => {
        bench.answers(TRUNCATED);
        const answer = await connect(bench).models.generateContent(CALL);
        expect(answer.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
        expect(answer.text).toBe(TRUNCATED.text.join(''));
      },
    },
    {
      title: 'tokens are counted, by the provider or by estimate',
      run: async (bench) => {
        bench.replies({ totalTokens: 123 });
        const { totalTokens } = await connect(bench).models.countTokens(CALL);
        if (bench.dialect === 'gemini') expect(totalTokens).toBe(123);
        else expect(totalTokens).toBeGreaterThan(0);
        expect(bench.requests).toBe(bench.dialect === 'gemini' ? 1 : 0);
      },
    },
    {
      title: 'a picture in the question',
      run: async (bench) => {
        bench.answers(TEXT);
        const parts = [{ text: QUESTION }, { inlineData: { mimeType: 'image/png', data: PIXEL } }];
        await connect(bench).models.generateContent({ ...CALL, contents: [{ role: 'user', parts }] });
        bench.expectPicture();
      },
    },
    {
      title: 'a stream that breaks is an error, never a short answer',
      run: async (bench) => {
        bench.breaks();
        const read = async (): Promise<void> => {
          for await (const chunk of await connect(bench).models.generateContentStream(CALL)) expect(chunk.text).not.toBe('');
        };
        await expect(read()).rejects.toThrow(/broke off/);
      },
    },
    {
      title: "the provider's refusal as the client's own error",
      run: async (bench) => {
        bench.fails(400, 'temperature is too hot');
        const refused = connect(bench).models.generateContent(CALL);
        await expect(refused).rejects.toBeInstanceOf(ApiError);
        await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringContaining('temperature is too hot') });
        await expect(connect(bench).models.generateContent({ ...CALL, model: 'nobody' })).rejects.toMatchObject({ status: 404 });
        const stranger = new GoogleGenAI({ apiKey: 'wrong', httpOptions: { baseUrl: bench.url } });
        await expect(stranger.models.generateContent(CALL)).rejects.toMatchObject({ status: expect.any(Number) });
      },
    },
    {
      title: 'the list of models',
      run: async (bench) => {
        const names: unknown[] = [];
        for await (const model of await connect(bench).models.list()) names.push(model.name);
        expect(names).toEqual(['models/assistant']);
        expect(await connect(bench).models.get({ model: 'assistant' })).toMatchObject({ name: 'models/assistant' });
      },
    },
  ],
};
