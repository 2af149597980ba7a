import { describe, expect, test } from '@jest/globals';
import { packFloats } from './pack-floats.ts';

describe('packFloats', () => {
  test('packs little-endian 32-bit floats, whatever the machine', () => {
    expect(Buffer.from(packFloats([1, -2.5, 0.1]), 'base64').toString('hex')).toBe('0000803f000020c0cdcccc3d');
  });

  test('an empty vector is an empty text', () => {
    expect(packFloats([])).toBe('');
  });
});
