const PREFIX = 'connection: ';

/** Label under which a series counts connections that failed for one cause, beside its labels for reasons of failures. */
export function connectionLabel(words: string): string {
  return PREFIX + words;
}

/** The words; undefined for any other label. */
export function readConnectionLabel(label: string): string | undefined {
  return label.startsWith(PREFIX) ? label.slice(PREFIX.length) : undefined;
}
