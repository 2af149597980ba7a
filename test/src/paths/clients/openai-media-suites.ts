import { expect } from '@jest/globals';
import OpenAI, { toFile } from 'openai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientCase, ClientSuite } from './client-suite.ts';
import { NO_MEDIA, PICTURE, SOUND } from './media-answers.ts';

const connect = (bench: ClientBench): OpenAI => new OpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1` });
const USAGE = { input_tokens: 4, output_tokens: 9, total_tokens: 13 };
const SUBTITLES = '1\n00:00:00,000 --> 00:00:01,000\nhello\n';

function only(what: string, title: string, run: ClientCase['run']): ClientCase {
  return { title, run, refused: { pattern: new RegExp(`does not offer ${what}`), by: NO_MEDIA } };
}

export const openaiImagesSuite: ClientSuite = {
  client: 'openai: images',
  cases: [
    only('image-generations', 'a picture from a text', async (bench) => {
      bench.replies({ created: 1, data: [{ b64_json: PICTURE }], usage: USAGE });
      const answer = await connect(bench).images.generate({ model: 'assistant', prompt: 'a cat' });
      expect([answer.data?.[0]?.b64_json, answer.usage?.total_tokens]).toEqual([PICTURE, 13]);
      expect(bench.sent().body).toContain('a cat');
    }),
    only('image-generations', 'a picture in pieces', async (bench) => {
      const event = (type: string, rest: object): string =>
        `event: ${type}\ndata: ${JSON.stringify({ type, b64_json: PICTURE, ...rest })}\n\n`;
      const partial = event('image_generation.partial_image', { partial_image_index: 0 });
      bench.sends('text/event-stream', partial + event('image_generation.completed', { usage: USAGE }));
      const types: string[] = [];
      const stream = await connect(bench).images.generate({ model: 'assistant', prompt: 'a cat', stream: true, partial_images: 1 });
      for await (const { type } of stream) types.push(type);
      expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed']);
    }),
    only('image-edits', 'a picture from a picture', async (bench) => {
      bench.replies({ created: 1, data: [{ b64_json: PICTURE }] });
      const image = await toFile(Buffer.from(PICTURE, 'base64'), 'cat.png', { type: 'image/png' });
      const answer = await connect(bench).images.edit({ model: 'assistant', prompt: 'a hat', image });
      expect(answer.data?.[0]?.b64_json).toBe(PICTURE);
      expect(bench.sent().headers['content-type']).toMatch(/^multipart\/form-data/);
    }),
  ],
};

export const openaiAudioSuite: ClientSuite = {
  client: 'openai: audio',
  cases: [
    only('speech', 'speech from a text', async (bench) => {
      bench.sends('audio/mpeg', SOUND);
      const answer = await connect(bench).audio.speech.create({ model: 'assistant', voice: 'alloy', input: 'hello' });
      expect(Buffer.from(await answer.arrayBuffer()).equals(SOUND)).toBe(true);
      expect(bench.sent().body).toContain('hello');
    }),
    only('transcriptions', 'the words of a recording', async (bench) => {
      bench.replies({ text: 'hello', usage: { type: 'tokens', ...USAGE } });
      const answer = await connect(bench).audio.transcriptions.create({ model: 'assistant', file: await toFile(SOUND, 'a.mp3') });
      expect(answer.text).toBe('hello');
      bench.sent();
    }),
    only('transcriptions', 'subtitles of a recording', async (bench) => {
      bench.sends('text/plain; charset=utf-8', SUBTITLES);
      const file = await toFile(SOUND, 'a.mp3');
      const answer: unknown = await connect(bench).audio.transcriptions.create({ model: 'assistant', file, response_format: 'srt' });
      expect(answer).toBe(SUBTITLES);
    }),
    only('translations', 'the words of a recording, in English', async (bench) => {
      bench.replies({ text: 'hello' });
      const answer = await connect(bench).audio.translations.create({ model: 'assistant', file: await toFile(SOUND, 'a.mp3') });
      expect(answer.text).toBe('hello');
      bench.sent();
    }),
  ],
};
