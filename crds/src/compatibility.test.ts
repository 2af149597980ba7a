import { describe, expect, test } from '@jest/globals';
import { compatibility } from './compatibility.ts';
import { CONTRACT_VERSION } from './routing-table.ts';

describe('compatibility', () => {
  test('builds of the same contract version talk', () => {
    expect(compatibility(CONTRACT_VERSION)).toEqual({ type: 'compatible' });
  });

  test('a newer contract is refused, saying that this side is behind', () => {
    expect(compatibility(3, 2)).toEqual({
      type: 'incompatible',
      reason: 'contract version 3 does not match 2: upgrade this side',
    });
  });

  test('an older contract is refused, saying that the other side is behind', () => {
    expect(compatibility(1, 2)).toEqual({
      type: 'incompatible',
      reason: 'contract version 1 does not match 2: upgrade the other side',
    });
  });

  test.each([undefined, null, '1', 0, -1, 1.5, Number.NaN, {}])('garbage (%p) is refused, never compared', (peer) => {
    expect(compatibility(peer).type).toBe('incompatible');
  });
});
