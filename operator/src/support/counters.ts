export type CounterName =
  | 'reflector_lists_total'
  | 'reflector_watches_total'
  | 'reflector_events_total'
  | 'reflector_handler_errors_total'
  | 'secret_reads_total'
  | 'queue_handler_errors_total'
  | 'queue_retries_total'
  | 'lease_attempts_total'
  | 'status_writes_total'
  | 'events_total';

export interface CounterDescription {
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every counter of the machinery under support/, collect/ and report/, so that `/metrics` can register them before they move. */
export const COUNTERS: Readonly<Record<CounterName, CounterDescription>> = {
  reflector_lists_total: { help: 'Complete lists of a resource, by outcome (ok, error, stale).', labels: ['resource', 'outcome'] },
  reflector_watches_total: {
    help: 'Watches that ended, by outcome (closed, expired, failed, silent, garbage, regressed).',
    labels: ['resource', 'outcome'],
  },
  reflector_events_total: { help: 'Watch events received, by type.', labels: ['resource', 'type'] },
  reflector_handler_errors_total: { help: 'Listeners of a store that threw; the watch went on.', labels: ['resource'] },
  secret_reads_total: { help: 'Secrets read one by one, by outcome (ok, missing, stale, error).', labels: ['outcome'] },
  queue_handler_errors_total: { help: 'Handlers of a work queue that threw; the key was retried.', labels: ['queue'] },
  queue_retries_total: { help: 'Keys put back with back-off.', labels: ['queue'] },
  lease_attempts_total: { help: 'Attempts to take or renew the Lease, by outcome (acquired, renewed, held, error).', labels: ['outcome'] },
  status_writes_total: {
    help: 'Status writes, by outcome (ok, equal, not_leader, gone, refused, error).',
    labels: ['outcome'],
  },
  events_total: { help: 'Kubernetes Events, by outcome (created, counted, repeated, dropped, error).', labels: ['outcome'] },
};

/** Counts one occurrence; `main.ts` maps names to Prometheus counters (prefix `headgate_operator_`). */
export type Count = (counter: CounterName, labels: Readonly<Record<string, string>>) => void;

export const countNothing: Count = () => undefined;
