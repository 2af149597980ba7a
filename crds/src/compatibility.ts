import { CONTRACT_VERSION } from './routing-table.ts';

export type Compatibility = { readonly type: 'compatible' } | { readonly type: 'incompatible'; readonly reason: string };

/**
 * Whether two sides of the control stream may talk. Within one contract version changes are additive: members and frames
 * that the other side does not know are ignored by it, and a resource with a value it does not know is refused by name
 * while every other one applies. So the one test is that the versions are equal; anything that is not a positive
 * integer is refused as garbage.
 *
 * @param peer `contractVersion` of the other side's hello or update frame
 * @param own `CONTRACT_VERSION` of this build; a parameter so that tests can play an older build
 */
export function compatibility(peer: unknown, own: number = CONTRACT_VERSION): Compatibility {
  if (typeof peer !== 'number' || !Number.isSafeInteger(peer) || peer < 1) {
    return { type: 'incompatible', reason: 'contract version must be a positive integer' };
  }
  if (peer === own) return { type: 'compatible' };
  const behind = peer > own ? 'this side' : 'the other side';
  return { type: 'incompatible', reason: `contract version ${peer} does not match ${own}: upgrade ${behind}` };
}
