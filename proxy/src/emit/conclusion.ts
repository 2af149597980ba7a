import type { Plan, Unroutable } from '../decide/decision.ts';
import type { DispatchOutcome } from '../dispatch/dispatch-run.ts';
import type { RelayOutcome } from '../dispatch/relay/resource-relay.ts';
import type { Policy } from '../snapshot/snapshot.ts';
import type { CallerError } from '../wire/caller-error.ts';
import type { JsonObject } from '../wire/json.ts';

/** How a request ended, as the stages tell it; emit turns it into an answer and a record. */
export type Conclusion =
  /** A stage refused it; no provider was asked. */
  | { readonly type: 'refused'; readonly error: CallerError; readonly policy?: Policy }
  | { readonly type: 'unroutable'; readonly decision: Unroutable }
  /** The caller left before anything was decided. */
  | { readonly type: 'gone' }
  /** An answer of the proxy's own; `estimated` = a number in it is not a provider's. */
  | { readonly type: 'document'; readonly document: JsonObject; readonly estimated?: true }
  /** Passed through to the provider that keeps what was asked for. */
  | { readonly type: 'relayed'; readonly provider: string; readonly outcome: RelayOutcome }
  | { readonly type: 'dispatched'; readonly plan: Plan; readonly outcome: DispatchOutcome };
