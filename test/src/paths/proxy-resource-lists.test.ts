import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { toFile } from 'openai';
import { AccountUpstream } from '../fakes/account-upstream.ts';
import { ProxyUnderTest } from '../fakes/proxy-under-test.ts';
import { CALLER_KEY, consumerResource, policyResource, providerResource, tableOf, targetOf } from '../fakes/routing-tables.ts';

/** Lists of files and batches: an account is shared, and everybody sees their own. */

const CALL = { endpoint: '/v1/chat/completions', completion_window: '24h' } as const;

let first: AccountUpstream;
let second: AccountUpstream;
let proxy: ProxyUnderTest;

beforeAll(async () => {
  first = await AccountUpstream.start();
  second = await AccountUpstream.start();
  const models = Array.from({ length: 17 }, (_, i) => `many-${i}`);
  proxy = await ProxyUnderTest.start(
    tableOf(
      providerResource('first', [first.url]),
      providerResource('second', [second.url]),
      providerResource('private', [second.url]),
      providerResource('claude', [second.url], { dialect: 'anthropic-messages' }),
      ...models.map((name) => providerResource(name, [second.url])),
      policyResource('assistant', [targetOf('first'), targetOf('second'), targetOf('claude')]),
      policyResource(
        'many',
        models.map((name) => targetOf(name)),
        { access: { from: 'Same', matchLabels: {}, namespaces: ['crowded'], anonymous: false }, namespace: 'crowded' },
      ),
      consumerResource('other', 'other-key'),
      consumerResource('limited', 'limited-key', { models: [{ type: 'Exact', name: 'assistant' }] }),
      consumerResource('crowded', 'crowded-key', { namespace: 'crowded' }),
    ),
  );
});

beforeEach(() => {
  first.reset();
  second.reset();
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([first.close(), second.close()]);
});

function client(apiKey: string = CALLER_KEY, provider?: string): OpenAI {
  const defaultHeaders = provider === undefined ? {} : { 'x-headgate-provider': provider };
  return new OpenAI({ apiKey, baseURL: `${proxy.url}/v1`, maxRetries: 0, defaultHeaders });
}

async function upload(name: string, provider = 'team/first', apiKey: string = CALLER_KEY): Promise<string> {
  const file = await toFile(Buffer.from('{}\n'), name);
  return (await client(apiKey, provider).files.create({ file, purpose: 'batch' })).id;
}

function list(query = '', apiKey: string = CALLER_KEY): Promise<Response> {
  return fetch(`${proxy.url}/v1/files${query}`, { headers: { authorization: `Bearer ${apiKey}` } });
}

const namesOf = async (files: AsyncIterable<{ readonly filename: string }>): Promise<string[]> => {
  const names: string[] = [];
  for await (const { filename } of files) names.push(filename);
  return names;
};

describe('files', () => {
  test('everybody sees their own, by the names that they gave them and by ids that work', async () => {
    const mine = await upload('mine.jsonl');
    await upload('theirs.jsonl', 'team/first', 'other-key');
    first.files.push({ id: 'file-out', object: 'file', filename: 'batch_1_output.jsonl', purpose: 'batch_output' });
    const page = await client().files.list();
    expect(page.data.map(({ id, filename }) => [id, filename])).toEqual([[mine, 'mine.jsonl']]);
    expect(await client().files.retrieve(mine)).toMatchObject({ id: mine, filename: 'mine.jsonl' });
    expect(await namesOf(await client('other-key').files.list())).toEqual(['theirs.jsonl']);
    expect(first.files.map(({ filename }) => filename)).toEqual([
      expect.stringMatching(/^hg-[\w-]{16}-mine\.jsonl$/),
      expect.stringMatching(/^hg-[\w-]{16}-theirs\.jsonl$/),
      'batch_1_output.jsonl',
    ]);
  });

  test("a name that pretends to be somebody else's does not get into their list", async () => {
    await upload('mine.jsonl');
    const marked = String(first.files[0]?.['filename']);
    await upload(marked, 'team/first', 'other-key');
    expect(await namesOf(await client().files.list())).toEqual(['mine.jsonl']);
    expect(await namesOf(await client('other-key').files.list())).toEqual([marked]);
  });

  test('of every provider that the caller may use, one after the other, page by page with the official client', async () => {
    const names = Array.from({ length: 5 }, (_, i) => `file-${i}.jsonl`);
    for (const name of names) await upload(name);
    for (let i = 0; i < 30; i++) await upload(`noise-${i}`, 'team/first', 'other-key');
    await upload('late.jsonl', 'team/second');
    expect(await namesOf(await client().files.list({ limit: 2 }))).toEqual([...names.toReversed(), 'late.jsonl']);
    expect(await namesOf(await client(CALLER_KEY, 'team/second').files.list())).toEqual(['late.jsonl']);
  });

  test('vendors that know no paging show nothing twice, and those that keep no files show nothing', async () => {
    first.pages = false;
    second.status = 404;
    for (const name of ['a', 'b', 'c']) await upload(name);
    expect(await namesOf(await client().files.list({ limit: 1 }))).toEqual(['c', 'b', 'a']);
  });

  test('the order and purpose that are asked for are those of the provider', async () => {
    await upload('a');
    expect((await list('?purpose=batch&order=asc&limit=7')).status).toBe(200);
    expect(first.queries.at(-1)).toMatchObject({ purpose: 'batch', order: 'asc', limit: '1000' });
  });

  test('what cannot be asked is said; when nothing can be, it is an error', async () => {
    await upload('a');
    second.status = 500;
    const partly = await list();
    expect([partly.status, await partly.json()]).toMatchObject([
      200,
      { data: [{ filename: 'a' }], unreached: [{ provider: 'team/second', reason: 'answered 500' }] },
    ]);
    first.status = 401;
    const failed = await list();
    expect([failed.status, JSON.stringify(await failed.json())]).toEqual([502, expect.stringContaining('team/first: answered 401')]);
  });

  test('an account with very many files of others is looked through up to a limit', async () => {
    first.endless = true;
    const answer = await list();
    expect(await answer.json()).toMatchObject({ data: [], has_more: true });
    expect(first.queries).toHaveLength(20);
  });

  test('a caller that leaves ends the search', async () => {
    first.silent = true;
    const leaving = new AbortController();
    const asked = first.asked(1);
    const answer = fetch(`${proxy.url}/v1/files`, { headers: { authorization: `Bearer ${CALLER_KEY}` }, signal: leaving.signal });
    await asked;
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await proxy.idle();
    expect([first.queries.length, second.queries.length]).toEqual([1, 0]);
  });

  test.each([
    ['?limit=0', 400, 'limit'],
    ['?limit=x', 400, 'limit'],
    ['?order=a%20b', 400, 'order'],
    ['?after=file-1', 404, 'after'],
  ])('%s is refused', async (query, status, param) => {
    const answer = await list(query);
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { param } }]);
  });

  test('nobody gets behind what is not theirs', async () => {
    const theirs = await upload('theirs', 'team/first', 'other-key');
    expect((await list(`?after=${theirs}`)).status).toBe(404);
    const elsewhere = await upload('mine', 'team/second');
    await expect(client(CALLER_KEY, 'team/first').files.list({ after: elsewhere })).rejects.toMatchObject({ status: 404 });
    await expect(client(CALLER_KEY, 'team/private').files.list()).rejects.toMatchObject({ status: 403 });
    expect((await list('', 'limited-key')).status).toBe(403);
    expect((await fetch(`${proxy.url}/v1/files`)).status).toBe(401);
  });

  test('more providers than can be asked for one list have to be chosen from', async () => {
    const answer = await list('', 'crowded-key');
    expect([answer.status, JSON.stringify(await answer.json())]).toEqual([400, expect.stringContaining('x-headgate-provider')]);
  });
});

describe('batches', () => {
  test('everybody sees their own, with the metadata that they gave and nothing else', async () => {
    const file = await upload('mine.jsonl');
    const plain = await client().batches.create({ ...CALL, input_file_id: file });
    const told = await client().batches.create({ ...CALL, input_file_id: file, metadata: { job: '7' } });
    const theirs = await upload('theirs.jsonl', 'team/first', 'other-key');
    await client('other-key').batches.create({ ...CALL, input_file_id: theirs, metadata: { headgate_owner: 'anybody' } });
    expect([plain.metadata, told.metadata]).toEqual([null, { job: '7' }]);
    const page = await client().batches.list();
    expect(page.data.map(({ id, metadata, input_file_id }) => [id, metadata, input_file_id])).toEqual([
      [told.id, { job: '7' }, file],
      [plain.id, null, file],
    ]);
    expect((await client('other-key').batches.list()).data).toHaveLength(1);
  });
});
