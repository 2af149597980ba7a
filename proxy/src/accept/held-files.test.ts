import { describe, expect, test } from '@jest/globals';
import { emptySnapshot } from '../snapshot/build-snapshot.ts';
import type { Caller, Consumer } from '../snapshot/snapshot.ts';
import { ownershipOf, type Place, wrapId } from '../support/tagged-id.ts';
import type { JsonObject } from '../wire/json.ts';
import { findHeldFiles, type HeldFiles } from './held-files.ts';

const SNAPSHOT = { ...emptySnapshot(), keySalt: 'ab'.repeat(32) };
const HERE: Place = { provider: 'team/openai', credential: 'main' };

function callerOf(name: string): Caller {
  const resource = { type: 'consumer', namespace: 'team', name, uid: `uid-of-${name}`, generation: 1, keyHashes: [], labels: {} } as const;
  const consumer: Consumer = { key: `consumer/team/${name}`, id: `team/${name}`, resource, models: undefined };
  return { type: 'consumer', consumer };
}

function wrap(id: string, place: Place = HERE, owner = 'app'): string {
  const ownership = ownershipOf(callerOf(owner), SNAPSHOT.keySalt);
  if (ownership === undefined) throw new Error('a consumer owns');
  return wrapId({ place, id }, ownership);
}

function find(text: string, caller: Caller = callerOf('app')): HeldFiles {
  return findHeldFiles({ bytes: Buffer.from(text), body: JSON.parse(text) as JsonObject }, SNAPSHOT, caller);
}

const chat = (...parts: readonly object[]): string => JSON.stringify({ model: 'm', messages: [{ role: 'user', content: parts }] });

describe('findHeldFiles', () => {
  test('the ids become those of the provider, wherever they stand, and nothing else changes', () => {
    const [one, two] = [wrap('file-1'), wrap('file-2')];
    const text = `{"seed":12345678901234567890, "input":[{"type":"input_image","file_id":"${one}"},{"file_id":"${one}"}],"tools":[{"container":{"file_ids":["${two}","file-3"]}}]}`;
    const found = find(text);
    expect(found).toMatchObject({ type: 'held', place: HERE });
    expect(found.type === 'held' && found.bytes.toString()).toBe(text.replaceAll(one, 'file-1').replace(two, 'file-2'));
  });

  test('an id is one however its characters are spelt, and texts around it stay as they are', () => {
    const id = wrap('file-1');
    const spelt = `hg_\\u00${id.charCodeAt(3).toString(16)}${id.slice(4)}`;
    const texts = [`\\"hg_ and \\\\`, `hg_\\n\\"${id}\\"`, 'hg_'];
    const said = texts.map((text) => `{"type":"text","text":"${text}"}`).join(',');
    const found = find(`{"messages":[${said},{"file_id":"${spelt}"},${said}]}`);
    expect(found.type === 'held' && found.bytes.toString()).toBe(`{"messages":[${said},{"file_id":"file-1"},${said}]}`);
  });

  test('very many ids in a long call take no longer than the call is long', () => {
    const long = { type: 'text', text: `hg_${'x'.repeat(4_000_000)}` };
    const beganMs = performance.now();
    const found = find(chat(long, ...Array.from({ length: 2000 }, (_, i) => ({ file_id: wrap(`file-${i}`) }))));
    expect(found.type === 'held' && found.bytes.includes('"file-1999"')).toBe(true);
    expect(performance.now() - beganMs).toBeLessThan(2000);
  });

  test('calls without such ids, and texts that speak of one, are left alone', () => {
    expect(find(chat({ type: 'file', file: { file_id: 'file-1' } }))).toEqual({ type: 'none' });
    expect(find(chat({ type: 'text', text: 'hg_abc' }))).toEqual({ type: 'none' });
    expect(find(chat({ type: 'text', text: `what is "${wrap('file-1')}"?` }))).toEqual({ type: 'none' });
  });

  test("somebody else's file, or one that was never given out, is none", () => {
    for (const id of [wrap('file-1', HERE, 'other'), 'hg_..', `${wrap('file-1')}x`]) {
      expect(find(chat({ type: 'file', file: { file_id: id } }))).toMatchObject({
        type: 'refused',
        error: { status: 400, param: 'file_id' },
      });
    }
    const anonymous = find(chat({ type: 'file', file: { file_id: wrap('file-1') } }), { type: 'anonymous' });
    expect(anonymous).toMatchObject({ type: 'refused' });
  });

  test('files in two places cannot be in one call', () => {
    for (const other of [
      { ...HERE, provider: 'team/azure' },
      { ...HERE, credential: 'spare' },
    ]) {
      const found = find(chat({ file_id: wrap('file-1') }, { file_id: wrap('file-2', other) }));
      expect(found).toMatchObject({ type: 'refused', error: { message: expect.stringContaining('one place') } });
    }
  });
});
