/** Fields of a status that hold percentages as strings, and by how many points they must move to matter. */
const PERCENT_STEPS: Readonly<Record<string, number>> = { successPercent: 1, sharePercent: 5, cachedTokenPercent: 5 };
/** Crossing one of these always matters: people alert on them. */
const PERCENT_BOUNDARIES: readonly number[] = [100, 99, 95, 90, 50];
/** Move all the time and matter only together with something else. */
const RESTLESS_FIELDS: ReadonlySet<string> = new Set(['inFlight', 'until']);
const RELATIVE_STEP = 0.1;

/** Rounds to two significant digits: 1,234 -> 1,200; finer would be noise of the window. */
export function twoDigits(value: number): number {
  if (!(value >= 100)) return Math.max(0, Math.round(value) || 0);
  const scale = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / scale) * scale;
}

/** `part` of `whole` as a percentage with one decimal, rounded down, so that only all is "100.0". */
export function percentText(part: number, whole: number): string {
  const tenths = whole > 0 ? Math.floor(Math.min(1, Math.max(0, part / whole)) * 1000 + 1e-9) : 0;
  return (tenths / 10).toFixed(1);
}

/** Nano-USD as decimal USD: cents from one dollar on, below it up to six decimals. */
export function usdText(nanoUsd: number): string {
  const usd = Math.max(0, nanoUsd) / 1e9;
  if (usd >= 1) return usd.toFixed(2);
  return usd.toFixed(6).replace(/0{1,4}$/, '');
}

/**
 * Hysteresis of a status: gives back `before` unless something in `after` differs enough to be worth a write: a state, a
 * name, a number that moved by a tenth or became (or stopped being) zero, a percentage that crossed a boundary. All
 * numbers of an object move together, so that they always fit each other.
 */
export function settleNumbers<T>(before: T | undefined, after: T): T {
  return before === undefined || isMaterial(before, after, '') ? after : before;
}

function isMaterial(before: unknown, after: unknown, field: string): boolean {
  if (Object.is(before, after) || RESTLESS_FIELDS.has(field)) return false;
  if (typeof before === 'number' && typeof after === 'number') return hasMoved(before, after);
  if (typeof before === 'string' && typeof after === 'string') return isTextMaterial(before, after, field);
  if (Array.isArray(before) && Array.isArray(after)) return isListMaterial(before, after, field);
  if (isRecord(before) && isRecord(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].some((name) => isMaterial(before[name], after[name], name));
  }
  return before !== after;
}

function hasMoved(before: number, after: number): boolean {
  if ((before === 0) !== (after === 0)) return true;
  return Math.abs(after - before) >= RELATIVE_STEP * Math.max(Math.abs(before), Math.abs(after));
}

function isTextMaterial(before: string, after: string, field: string): boolean {
  const step = PERCENT_STEPS[field];
  if (step !== undefined) {
    const rank = (text: string): number => PERCENT_BOUNDARIES.filter((boundary) => Number(text) >= boundary).length;
    return Math.abs(Number(after) - Number(before)) >= step || rank(before) !== rank(after);
  }
  return field.endsWith('Usd') ? hasMoved(Number(before), Number(after)) : before !== after;
}

/** Lists are maps by `name` (or `target`): their order carries nothing. */
function isListMaterial(before: readonly unknown[], after: readonly unknown[], field: string): boolean {
  if (before.length !== after.length) return true;
  const known = new Map(before.map((item) => [identityOf(item), item]));
  return after.some((item) => !known.has(identityOf(item)) || isMaterial(known.get(identityOf(item)), item, field));
}

function identityOf(item: unknown): unknown {
  return isRecord(item) ? (item['name'] ?? item['target']) : item;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
