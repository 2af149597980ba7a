/** Members of an object that nobody has checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Readers for objects as they arrive: any member may be absent, null, of another type or absurdly large. They never
 * throw and never coerce; what does not fit reads as absent (`undefined`, or an empty collection).
 */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** At most `limit` elements; the CRD's `maxItems`, so that an oversize list costs nothing. */
export function listOf(value: unknown, limit: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, limit) : [];
}

/** A non-empty string of at most `limit` UTF-16 units without control characters. */
export function textOf(value: unknown, limit = 256): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > limit) return undefined;
  return hasControlCharacter(value) ? undefined : value;
}

/** A whole number within the bounds, both included; minus zero reads as zero. */
export function integerOf(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value + 0 : undefined;
}

/** One of `allowed`, or `undefined`. */
export function choiceOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

/** Labels with string values, sorted by name. `undefined` when any entry is malformed: dropping one would widen a selector. */
export function labelsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isFields(value)) return undefined;
  const labels = new Map<string, string>();
  for (const [name, label] of Object.entries(value)) {
    if (typeof label !== 'string' || label.length > 256) return undefined;
    labels.set(name, label);
  }
  return Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
