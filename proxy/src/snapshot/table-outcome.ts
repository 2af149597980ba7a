import type { RoutingTable } from '@headgate/crds';

/** A table read from a file. */
export type TableOutcome =
  | { readonly type: 'read'; readonly table: RoutingTable }
  | { readonly type: 'absent' }
  /** Damaged, or not a table; the reason is for the log. */
  | { readonly type: 'unusable'; readonly reason: string };

/** JSON text of a routing table, checked as far as is needed to look at its resources one by one. */
export function parseTable(text: string): TableOutcome {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { type: 'unusable', reason: 'not JSON' };
  }
  return isTable(value) ? { type: 'read', table: value } : { type: 'unusable', reason: 'not a routing table' };
}

function isTable(value: unknown): value is RoutingTable {
  if (typeof value !== 'object' || value === null) return false;
  const { contractVersion, revision, resources } = value as Partial<Record<keyof RoutingTable, unknown>>;
  if (typeof contractVersion !== 'number' || !Number.isSafeInteger(revision)) return false;
  if (typeof resources !== 'object' || resources === null || Array.isArray(resources)) return false;
  return Object.values(resources).every(isTableResource);
}

/** A hash and a body of some kind: enough to build, or refuse, the resource by itself. */
function isTableResource(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, body } = value as { readonly hash?: unknown; readonly body?: unknown };
  return typeof hash === 'string' && typeof body === 'object' && body !== null;
}
