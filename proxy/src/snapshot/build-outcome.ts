/** What became of one resource: ready to run, or refused with words for whoever edits the object. */
export type BuildOutcome<T> = { readonly type: 'built'; readonly value: T } | { readonly type: 'rejected'; readonly reason: string };

export function built<T>(value: T): BuildOutcome<T> {
  return { type: 'built', value };
}

export function rejected(reason: string): BuildOutcome<never> {
  return { type: 'rejected', reason };
}
