import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai';
import { expect } from '@jest/globals';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embed, generateImage, generateSpeech, transcribe } from 'ai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import { NO_EMBEDDINGS, openaiVectors, VECTOR } from './embeddings-answers.ts';
import { NO_MEDIA, PICTURE, SOUND } from './media-answers.ts';

const connect = (bench: ClientBench): OpenAIProvider => createOpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` });
const noEmbeddings = { pattern: /not offer embeddings/, by: NO_EMBEDDINGS };

export const aiSdkOperationsSuite: ClientSuite = {
  client: 'ai + @ai-sdk/openai (embed, images, audio)',
  cases: [
    {
      title: 'embed',
      refused: noEmbeddings,
      run: async (bench) => {
        bench.embeds(openaiVectors(VECTOR), VECTOR);
        const answer = await embed({ model: connect(bench).embedding('assistant'), value: 'hello', maxRetries: 0 });
        expect(answer.embedding).toEqual(VECTOR);
        bench.sent();
      },
    },
    {
      title: 'generateImage',
      refused: { pattern: /does not offer image-generations/, by: NO_MEDIA },
      run: async (bench) => {
        bench.replies({ created: 1, data: [{ b64_json: PICTURE }] });
        const answer = await generateImage({ model: connect(bench).image('assistant'), prompt: 'a cat', maxRetries: 0 });
        expect(answer.image.base64).toBe(PICTURE);
        bench.sent();
      },
    },
    {
      title: 'generateSpeech',
      refused: { pattern: /does not offer speech/, by: NO_MEDIA },
      run: async (bench) => {
        bench.sends('audio/mpeg', SOUND);
        const answer = await generateSpeech({ model: connect(bench).speech('assistant'), text: 'hello', maxRetries: 0 });
        expect(Buffer.from(answer.audio.uint8Array).equals(SOUND)).toBe(true);
        bench.sent();
      },
    },
    {
      title: 'transcribe',
      refused: { pattern: /does not offer transcriptions/, by: NO_MEDIA },
      run: async (bench) => {
        bench.replies({ text: 'hello' });
        const answer = await transcribe({ model: connect(bench).transcription('assistant'), audio: SOUND, maxRetries: 0 });
        expect(answer.text).toBe('hello');
        bench.sent();
      },
    },
  ],
};

export const langchainEmbeddingsSuite: ClientSuite = {
  client: '@langchain/openai (embeddings)',
  cases: [
    {
      title: 'embedQuery',
      refused: noEmbeddings,
      run: async (bench) => {
        bench.embeds(openaiVectors(VECTOR), VECTOR);
        const configuration = { baseURL: `${bench.url}/v1` };
        const model = new OpenAIEmbeddings({ model: 'assistant', apiKey: CALLER_KEY, maxRetries: 0, configuration });
        expect(await model.embedQuery('hello')).toEqual(VECTOR);
        bench.sent();
      },
    },
  ],
};
