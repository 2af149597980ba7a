import type { Connection } from './snapshot.ts';

/** The name of the key that a connection is made with, as it stands in ids; `-` for none. */
export function nameOfKey({ credential }: Pick<Connection, 'credential'>): string {
  return credential?.name ?? '-';
}
