import { expect } from '@jest/globals';
import { AzureOpenAI } from 'openai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { TEXT, TOKENS } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import { QUESTION } from './weather.ts';

const connect = (bench: ClientBench): AzureOpenAI => new AzureOpenAI({ apiKey: CALLER_KEY, endpoint: bench.url, apiVersion: '2024-10-21' });
const CHAT = { model: 'assistant', messages: [{ role: 'user' as const, content: QUESTION }] };

export const azureOpenaiSuite: ClientSuite = {
  client: 'openai: AzureOpenAI',
  cases: [
    {
      title: 'a blocking answer of a deployment',
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await connect(bench).chat.completions.create(CHAT);
        expect(answer.choices[0]?.message.content).toBe(TEXT.text.join(''));
        expect(answer.usage?.prompt_tokens).toBe(TOKENS.input);
        bench.sent();
      },
    },
    {
      title: 'a stream of a deployment',
      run: async (bench) => {
        bench.streams(TEXT);
        const client = new AzureOpenAI({ apiKey: CALLER_KEY, endpoint: bench.url, apiVersion: '2024-10-21', deployment: 'assistant' });
        let text = '';
        for await (const chunk of await client.chat.completions.create({ ...CHAT, model: '', stream: true })) {
          text += chunk.choices[0]?.delta.content ?? '';
        }
        expect(text).toBe(TEXT.text.join(''));
        bench.sent();
      },
    },
    {
      title: 'responses',
      run: async (bench) => {
        bench.answers(TEXT);
        const answer = await connect(bench).responses.create({ model: 'assistant', input: QUESTION, store: false });
        expect(answer.output_text).toBe(TEXT.text.join(''));
      },
    },
    {
      title: 'an unknown deployment',
      run: async (bench) => {
        await expect(connect(bench).chat.completions.create({ ...CHAT, model: 'nobody' })).rejects.toBeInstanceOf(
          AzureOpenAI.NotFoundError,
        );
      },
    },
  ],
};
