import { expect, test } from '@jest/globals';
import { type PageAnswer, readListing } from './read-listing.ts';

const page = (body: unknown): PageAnswer => ({ type: 'text', text: JSON.stringify(body) });
const LISTING = { path: '/v1beta/models?pageSize=2' };

test('pages are asked for one after the other, and a model that comes twice counts once', async () => {
  const asked: string[] = [];
  const outcome = await readListing(LISTING, (path) => {
    asked.push(path);
    const last = path.includes('pageToken');
    return Promise.resolve(
      page(last ? { models: [{ name: 'models/a' }] } : { models: [{ name: 'models/b' }, { name: 'models/a' }], nextPageToken: 't/2' }),
    );
  });
  expect(outcome).toEqual({ type: 'listed', models: [{ name: 'a' }, { name: 'b' }] });
  expect(asked).toEqual(['/v1beta/models?pageSize=2', '/v1beta/models?pageSize=2&pageToken=t%2F2']);
});

test('a server that gives the same page for ever is asked no third time', async () => {
  let asked = 0;
  const outcome = await readListing(LISTING, () => {
    asked += 1;
    return Promise.resolve(page({ data: [{ id: 'a' }], has_more: true, last_id: 'a' }));
  });
  expect(outcome).toEqual({ type: 'listed', models: [{ name: 'a' }] });
  expect(asked).toBe(2);
});

test('pages without end are a failure, and half a list is none', async () => {
  let asked = 0;
  const endless = await readListing(LISTING, () => {
    asked += 1;
    return Promise.resolve(page({ models: [{ name: `m${asked}` }], next_page_token: String(asked) }));
  });
  expect(endless).toEqual({ type: 'failed', reason: 'the list has more than 50 pages' });
  const broken = await readListing(LISTING, (path) =>
    Promise.resolve(
      path.includes('page_token') ? { type: 'failed', reason: 'gone' } : page({ models: [{ name: 'a' }], next_page_token: 'x' }),
    ),
  );
  expect(broken).toEqual({ type: 'failed', reason: 'gone' });
});

test('more models than anybody has are a failure', async () => {
  const data = Array.from({ length: 5001 }, (_, i) => ({ id: `m${i}` }));
  expect(await readListing(LISTING, () => Promise.resolve(page({ data })))).toEqual({
    type: 'failed',
    reason: 'the list has more than 5000 models',
  });
  expect(await readListing(LISTING, () => Promise.resolve(page({ data: data.slice(1) })))).toMatchObject({ type: 'listed' });
});

test('all pages together have one bound', async () => {
  const bounds: number[] = [];
  await readListing(LISTING, (path, maxBytes) => {
    bounds.push(maxBytes);
    return Promise.resolve(page({ models: [{ name: path }], next_page_token: bounds.length < 3 ? String(bounds.length) : '' }));
  });
  expect(bounds).toHaveLength(3);
  expect(bounds[2]).toBeLessThan(bounds[1] ?? 0);
  expect(bounds[0]).toBe(8 * 1024 * 1024);
});

test.each([
  ['tiny entries', `{"data":[${'{"id":"a"},'.repeat(700_000)}{"id":"b"}]}`],
  ['members that nobody reads', `{"data":[{"id":"a"}],"x":{${Array.from({ length: 600_000 }, (_, i) => `"k${i}":1`).join(',')}}}`],
])('a list of %s is refused before it is read: that would keep calls waiting', async (_what, text) => {
  const beganMs = performance.now();
  const outcome = await readListing(LISTING, () => Promise.resolve({ type: 'text', text }));
  expect(outcome).toEqual({ type: 'failed', reason: 'the list has more members than can be read' });
  expect(performance.now() - beganMs).toBeLessThan(200);
});

test('what is within the bounds of one page is not without bounds on all of them', async () => {
  let asked = 0;
  const outcome = await readListing(LISTING, () => {
    asked += 1;
    return Promise.resolve(page({ models: [{ name: `m${asked}`, x: Array.from({ length: 40_000 }, () => 1) }], nextPageToken: 'more' }));
  });
  expect([outcome, asked]).toEqual([{ type: 'failed', reason: 'the list has more members than can be read' }, 3]);
});

test('a page of more entries than a list may have is a failure, even of few names', async () => {
  const text = JSON.stringify({ data: Array.from({ length: 5001 }, () => ({ id: 'same' })) });
  const outcome = await readListing(LISTING, () => Promise.resolve({ type: 'text', text }));
  expect(outcome).toEqual({ type: 'failed', reason: 'the list has more than 5000 models' });
});
