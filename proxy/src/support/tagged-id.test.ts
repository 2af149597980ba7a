import { describe, expect, test } from '@jest/globals';
import { unwrapId, wrapId } from './tagged-id.ts';

const OWNERSHIP = { owner: 'team/app uid-1', saltHex: 'ab'.repeat(32) };
const TAGGED = { place: { provider: 'team/openai', credential: 'main' }, id: 'file-abc.1' };
const WRAPPED = wrapId(TAGGED, OWNERSHIP);

describe('tagged ids', () => {
  test('come back to their owner, and fit into a path', () => {
    expect(unwrapId(WRAPPED, OWNERSHIP)).toEqual(TAGGED);
    expect(encodeURIComponent(WRAPPED)).toBe(WRAPPED);
  });

  test('are nothing to anybody else, nor under another secret', () => {
    expect(unwrapId(WRAPPED, { ...OWNERSHIP, owner: 'team/app uid-2' })).toBeUndefined();
    expect(unwrapId(WRAPPED, { ...OWNERSHIP, saltHex: 'cd'.repeat(32) })).toBeUndefined();
  });

  test('cannot be changed in any character, cut, or replaced by the plain id', () => {
    for (let at = 0; at < WRAPPED.length; at++) {
      const changed = `${WRAPPED.slice(0, at)}${WRAPPED[at] === 'A' ? 'B' : 'A'}${WRAPPED.slice(at + 1)}`;
      expect(unwrapId(changed, OWNERSHIP)).toBeUndefined();
      expect(unwrapId(WRAPPED.slice(0, at), OWNERSHIP)).toBeUndefined();
    }
    // What decoders of base64 leave out.
    const [where, tag, ...id] = WRAPPED.split('.');
    for (const filler of ['=', '!', ' ']) expect(unwrapId([where, `${tag}${filler}`, ...id].join('.'), OWNERSHIP)).toBeUndefined();
    for (const id of ['file-abc.1', 'hg_', 'hg_..', '']) expect(unwrapId(id, OWNERSHIP)).toBeUndefined();
  });
});
