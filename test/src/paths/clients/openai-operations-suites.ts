import { expect } from '@jest/globals';
import OpenAI from 'openai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { allBut } from './all-but.ts';
import { TEXT, TOKENS, TRUNCATED } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import { QUESTION } from './weather.ts';

const connect = (bench: ClientBench): OpenAI => new OpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` });
const CALL = { model: 'assistant', prompt: QUESTION };

export const openaiCompletionsSuite: ClientSuite = {
  client: 'openai: completions',
  cases: [
    {
      title: 'a blocking answer with usage',
      run: async (bench) => {
        bench.completes(TEXT);
        const answer = await connect(bench).completions.create(CALL);
        expect(answer.choices[0]).toMatchObject({ text: TEXT.text.join(''), finish_reason: 'stop' });
        expect(answer.usage).toMatchObject({ prompt_tokens: TOKENS.input, completion_tokens: TOKENS.output });
        expect(bench.sent().body).toContain(QUESTION);
      },
    },
    {
      title: 'a stream',
      run: async (bench) => {
        bench.completes(TEXT, true);
        let text = '';
        for await (const chunk of await connect(bench).completions.create({ ...CALL, stream: true })) text += chunk.choices[0]?.text ?? '';
        expect(text).toBe(TEXT.text.join(''));
        bench.sent();
      },
    },
    {
      title: 'an answer cut by its limit',
      run: async (bench) => {
        bench.completes(TRUNCATED);
        const answer = await connect(bench).completions.create({ ...CALL, max_tokens: 5 });
        expect(answer.choices[0]).toMatchObject({ text: TRUNCATED.text.join(''), finish_reason: 'length' });
      },
    },
    {
      title: 'text between two texts',
      refused: { pattern: /suffix/, by: allBut('openai-chat') },
      run: async (bench) => {
        bench.completes(TEXT);
        await connect(bench).completions.create({ ...CALL, suffix: 'The end.' });
        expect(bench.sent().body).toContain('The end.');
      },
    },
  ],
};

export const openaiModerationsSuite: ClientSuite = {
  client: 'openai: moderations',
  cases: [
    {
      title: 'a text that is flagged',
      refused: { pattern: /does not offer moderations/, by: allBut('openai-chat', 'openai-responses') },
      run: async (bench) => {
        bench.replies({
          id: 'm1',
          model: 'upstream-model',
          results: [{ flagged: true, categories: { hate: true }, category_scores: { hate: 1 } }],
        });
        const answer = await connect(bench).moderations.create({ model: 'assistant', input: 'hello' });
        expect(answer.results[0]).toMatchObject({ flagged: true, categories: { hate: true } });
        expect(bench.sent().body).toContain('hello');
      },
    },
  ],
};

/** The client has no method of its own for it. */
export const openaiRerankSuite: ClientSuite = {
  client: "openai: post('/rerank')",
  cases: [
    {
      title: 'documents in the order of their relevance',
      refused: { pattern: /does not offer rerank/, by: allBut('openai-chat', 'cohere') },
      run: async (bench) => {
        bench.replies({ id: 'r1', results: [{ index: 1, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } });
        const body = { model: 'assistant', query: 'which?', documents: ['a', 'b'], top_n: 1 };
        const answer: unknown = await connect(bench).post('/rerank', { body });
        expect(answer).toMatchObject({ results: [{ index: 1, relevance_score: 0.9 }] });
        expect(bench.sent().body).toContain('which?');
      },
    },
  ],
};
