import { expect } from '@jest/globals';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientCase, ClientSuite } from './client-suite.ts';
import { NO_MEDIA as NO_FILES } from './media-answers.ts';

const AT = { 'x-headgate-provider': 'team/only' };
const connect = (bench: ClientBench): OpenAI => new OpenAI({ apiKey: CALLER_KEY, baseURL: `${bench.url}/v1`, defaultHeaders: AT });
const FILE = { id: 'file-1', object: 'file', bytes: 3, created_at: 1, filename: 'a.jsonl', purpose: 'batch', status: 'processed' };
const BATCH = { id: 'batch_1', object: 'batch', endpoint: '/v1/chat/completions', status: 'validating', created_at: 1 };

function only(title: string, run: ClientCase['run']): ClientCase {
  return { title, run, refused: { pattern: /no files and batches/, by: NO_FILES } };
}

async function upload(bench: ClientBench, client: OpenAI): Promise<string> {
  bench.replies(FILE);
  return (await client.files.create({ file: await toFile(Buffer.from('{}\n'), 'a.jsonl'), purpose: 'batch' })).id;
}

/** Ids that one proxy has given out are known to the next. */
export const openaiFilesSuite: ClientSuite = {
  client: 'openai: files and batches',
  cases: [
    only('a file and its content', async (bench) => {
      const id = await upload(bench, connect(bench));
      bench.replies(FILE);
      expect((await connect(bench).files.retrieve(id)).id).toBe(id);
      bench.sends('application/jsonl', '{"a":1}\n');
      expect(await (await connect(bench).files.content(id)).text()).toBe('{"a":1}\n');
    }),
    only('a batch of it', async (bench) => {
      const id = await upload(bench, connect(bench));
      bench.replies({ ...BATCH, input_file_id: 'file-1' });
      const call = { input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
      const batch = await connect(bench).batches.create(call);
      expect(batch.input_file_id).toBe(id);
      expect((await connect(bench).batches.retrieve(batch.id)).id).toBe(batch.id);
    }),
    only('lists', async (bench) => {
      bench.replies({ object: 'list', data: [FILE], has_more: false });
      expect((await connect(bench).files.list()).data).toEqual([]);
      expect((await connect(bench).batches.list()).data).toEqual([]);
    }),
    only("Azure's paths", async (bench) => {
      const options = { apiKey: CALLER_KEY, endpoint: bench.url, apiVersion: '2025-03-01-preview', defaultHeaders: AT };
      expect(await upload(bench, new AzureOpenAI(options))).toMatch(/^hg_/);
    }),
  ],
};
