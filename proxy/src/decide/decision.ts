import type { Endpoint, Policy, Rule, Target } from '../snapshot/snapshot.ts';

/** Result of `decide`: pure in (facts, policy, signals, now, random). */
export type Decision = Plan | Unroutable;

export interface Plan {
  readonly type: 'plan';
  readonly policy: Policy;
  readonly rule: Rule;
  /** In the order in which they are to be tried; every endpoint at most once, each passed every hard filter. */
  readonly attempts: readonly PlannedAttempt[];
  readonly removed: readonly Removal[];
  /**
   * Every candidate's breaker is open, or every key was refused, and the policy says LeastBad: the attempts go out all the
   * same, so do not ask the breakers for permission.
   */
  readonly leastBad: boolean;
}

export interface PlannedAttempt {
  readonly target: Target;
  readonly endpoint: Endpoint;
}

/** A candidate that was filtered out, and why; spoken in errors and decision records. */
export interface Removal {
  readonly endpointId: string;
  readonly reason: RemovalReason;
}

export type RemovalReason =
  | 'no-ready-address'
  | 'capability'
  | 'context-window'
  /** The call refers to files that this target's provider, or this key, does not have. */
  | 'files-elsewhere'
  | 'circuit-open'
  | 'credential-rejected'
  | 'credential-exhausted'
  | 'credential-rate-limited'
  | 'concurrency-limit';

export interface Unroutable {
  readonly type: 'unroutable';
  readonly policy: Policy;
  /** no-rule: no rule matched. no-candidate: every candidate was removed. */
  readonly reason: 'no-rule' | 'no-candidate';
  readonly removed: readonly Removal[];
  /** `<ns>/<name>` of the provider that keeps the files of the call. */
  readonly filesAt?: string;
  /** Shortest time after which a removed candidate may be usable again. */
  readonly retryAfterMs: number | undefined;
}
