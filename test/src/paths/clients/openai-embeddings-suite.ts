import { expect } from '@jest/globals';
import OpenAI from 'openai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientCase, ClientSuite } from './client-suite.ts';
import { NO_EMBEDDINGS, openaiVectors, VECTOR } from './embeddings-answers.ts';

const connect = (bench: ClientBench): OpenAI => new OpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` });
const BASE64 = Buffer.from(Float32Array.from(VECTOR).buffer).toString('base64');

/** @param told what the provider sends, whatever it was asked for */
function embed(title: string, told: unknown, encoding?: 'float' | 'base64'): ClientCase {
  return {
    title,
    refused: { pattern: /not offer embeddings/, by: NO_EMBEDDINGS },
    run: async (bench) => {
      bench.embeds(openaiVectors(told), VECTOR);
      const call = { model: 'assistant', input: 'hello', ...(encoding !== undefined && { encoding_format: encoding }) };
      const answer = await connect(bench).embeddings.create(call);
      expect(answer.data[0]?.embedding).toEqual(encoding === 'base64' ? BASE64 : VECTOR);
      // Gemini tells no usage.
      if (bench.dialect !== 'gemini') expect(answer.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
      bench.sent();
    },
  };
}

export const openaiEmbeddingsSuite: ClientSuite = {
  client: 'openai: embeddings',
  cases: [
    embed("base64, the client's default", BASE64),
    embed('numbers from a provider that knows no base64', VECTOR),
    embed('numbers, as asked for', VECTOR, 'float'),
    embed('numbers, asked of a provider that sends base64 all the same', BASE64, 'float'),
    embed('base64, as asked for, of a provider that sends numbers', VECTOR, 'base64'),
  ],
};
