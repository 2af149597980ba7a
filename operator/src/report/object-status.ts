import type { ObjectDiagnostics } from '../compile/compilation.ts';
import type { Programming } from './acknowledgements.ts';

/** What the status of every kind is made from. */
export interface StatusInput<Status> {
  readonly diagnostics: ObjectDiagnostics;
  readonly programming: Programming;
  /** Status that the object has now: its transition times and settled numbers are kept. */
  readonly previous: Status | undefined;
  /** ms since 1970. */
  readonly nowMs: number;
}

/** RFC 3339 with whole seconds, as the API server writes times. */
export function timestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}

/** The members that have a value: an undefined one would be a difference to what the API server gives back. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
