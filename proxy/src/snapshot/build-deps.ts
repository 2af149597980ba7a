import type { Authorizers } from '../signing/authorizers.ts';
import type { DispatcherPool } from './dispatcher-pool.ts';
import type { SignalStore } from './signal-store.ts';

/** What outlives snapshots, and the build's own version (spoken in `user-agent`). */
export interface BuildDeps {
  readonly signals: SignalStore;
  readonly dispatchers: DispatcherPool;
  readonly authorizers: Authorizers;
  readonly version: string;
}
