/** Longer names are compared in full only with names that are about as long; this bounds the table of distances. */
const MAX_LENGTH = 256;

/**
 * The name that somebody who wrote `wanted` most likely meant: the same model with a publisher before it
 * (`openai/gpt-4o`) or a version behind it (`gpt-4o-2024-08-06`), the shortest of those; else the one fewest edits away,
 * if that is few for its length. Undefined: nothing is close. Of equals the first.
 */
export function closestName(wanted: string, names: Iterable<string>): string | undefined {
  const lower = wanted.toLowerCase().slice(0, MAX_LENGTH);
  let extended: string | undefined;
  let nearest: string | undefined;
  let limit = Math.max(2, Math.floor(lower.length / 4));
  for (const name of names) {
    const candidate = name.toLowerCase();
    if (candidate.endsWith(`/${lower}`) || (candidate.startsWith(lower) && /^[-:@.]/.test(candidate.slice(lower.length)))) {
      if (extended === undefined || name.length < extended.length) extended = name;
    }
    const distance = editDistance(lower, candidate, limit);
    if (distance > limit || (nearest !== undefined && distance === limit)) continue;
    nearest = name;
    limit = distance;
  }
  return extended ?? nearest;
}

/** Levenshtein distance, or some number above `limit` as soon as it must be above. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1;
      const distance = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      next.push(distance);
      least = Math.min(least, distance);
    }
    if (least > limit) return limit + 1;
    row = next;
  }
  return row[b.length] ?? limit + 1;
}
