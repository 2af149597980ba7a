/**
 * Longer names are not compared letter by letter, and shorter ones not beyond so many edits: a list may hold thousands of
 * names, chosen so that every comparison goes on to the end.
 */
const MAX_LENGTH = 64;
const MAX_EDITS = 8;

/**
 * The name that somebody who wrote `wanted` most likely meant: the same model with a publisher before it
 * (`openai/gpt-4o`) or a version behind it (`gpt-4o-2024-08-06`), the shortest of those; else the one fewest edits away,
 * if that is few for its length. Undefined: nothing is close. Of equals the first.
 */
export function closestName(wanted: string, names: Iterable<string>): string | undefined {
  const lower = wanted.toLowerCase();
  let extended: string | undefined;
  let nearest: string | undefined;
  let limit = Math.min(MAX_EDITS, Math.max(2, Math.floor(lower.length / 4)));
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
  const above = limit + 1;
  if (Math.abs(a.length - b.length) > limit || a.length > MAX_LENGTH || b.length > MAX_LENGTH) return above;
  let row = Uint16Array.from({ length: b.length + 1 }, (_, j) => j);
  let next = new Uint16Array(b.length + 1);
  for (let i = 1; i <= a.length; i += 1) {
    // Places farther from the diagonal than `limit` take more edits than that.
    next.fill(above);
    next[0] = i;
    let least = i;
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j += 1) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1;
      const distance = Math.min((row[j] ?? above) + 1, (next[j - 1] ?? above) + 1, (row[j - 1] ?? above) + same);
      next[j] = distance;
      least = Math.min(least, distance);
    }
    if (least > limit) return above;
    [row, next] = [next, row];
  }
  return row[b.length] ?? above;
}
