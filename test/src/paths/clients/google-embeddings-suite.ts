import { ApiError, GoogleGenAI } from '@google/genai';
import { expect } from '@jest/globals';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import { NO_EMBEDDINGS, openaiVectors, VECTOR } from './embeddings-answers.ts';

const connect = (bench: ClientBench): GoogleGenAI => new GoogleGenAI({ apiKey: CALLER_KEY, httpOptions: { baseUrl: bench.url } });
const refused = { pattern: /not offer embeddings/, by: NO_EMBEDDINGS };

export const googleEmbeddingsSuite: ClientSuite = {
  client: '@google/genai: embedContent',
  cases: [
    {
      title: 'the vector of a text',
      refused,
      run: async (bench) => {
        bench.embeds(openaiVectors(VECTOR), VECTOR);
        const answer = await connect(bench).models.embedContent({ model: 'assistant', contents: 'hello' });
        expect(answer.embeddings?.map(({ values }) => values)).toEqual([VECTOR]);
        expect(bench.sent().body).toContain('hello');
      },
    },
    {
      title: 'what it is for, and how long it is to be',
      refused,
      run: async (bench) => {
        bench.embeds(openaiVectors(VECTOR), VECTOR);
        const config = { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 3 };
        const answer = await connect(bench).models.embedContent({ model: 'assistant', contents: ['hello'], config });
        expect(answer.embeddings?.[0]?.values).toEqual(VECTOR);
        expect(bench.sent().body).toMatch(/"(?:outputDimensionality|output_dimension|dimensions)":3/);
      },
    },
    {
      title: "Vertex AI's way of asking",
      refused,
      run: async (bench) => {
        bench.embeds(openaiVectors(VECTOR), VECTOR);
        const client = new GoogleGenAI({ vertexai: true, apiKey: CALLER_KEY, httpOptions: { baseUrl: bench.url } });
        const answer = await client.models.embedContent({ model: 'assistant', contents: 'hello' });
        expect(answer.embeddings?.[0]?.values).toEqual(VECTOR);
        // Gemini tells no usage.
        if (bench.dialect !== 'gemini') expect(answer.embeddings?.[0]?.statistics?.tokenCount).toBe(4);
      },
    },
    {
      title: "the provider's refusal as the client's own error",
      run: async (bench) => {
        bench.fails(400, 'the text is too long');
        const failed = connect(bench).models.embedContent({ model: 'assistant', contents: 'hello' });
        await expect(failed).rejects.toBeInstanceOf(ApiError);
        if (NO_EMBEDDINGS.includes(bench.dialect)) return;
        await expect(failed).rejects.toMatchObject({ status: 400, message: expect.stringContaining('the text is too long') });
      },
    },
  ],
};
