const NUMERIC = /^\d+$/;

/**
 * Orders two resource versions: negative when `a` is older. Kubernetes calls them opaque but has promised since 1.35 that those of
 * one resource compare as integers (KEP-5504); they may exceed 2^53. Anything else counts as newer unless it is equal,
 * so that an unknown form never holds updates back.
 */
export function compareResourceVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (!NUMERIC.test(a) || !NUMERIC.test(b)) return 1;
  const left = BigInt(a);
  const right = BigInt(b);
  return left === right ? 0 : left < right ? -1 : 1;
}
