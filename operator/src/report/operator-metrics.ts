import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { COUNTERS, type Count, type CounterName } from '../support/counters.ts';

/** Numbers that exist anyway and are read when somebody scrapes. */
export interface OperatorGauges {
  readonly revision: number;
  readonly leader: boolean;
  readonly connectedProxies: number;
  /** Connected proxies that have not acknowledged the present revision. */
  readonly staleProxies: number;
  readonly shrinkHeld: boolean;
  readonly objects: number;
}

/** Everything on the operator's /metrics. */
export class OperatorMetrics {
  readonly registry: Registry = new Registry();
  readonly #counters = new Map<CounterName, Counter>();
  readonly #convergence: Histogram;
  readonly #reconcile: Histogram;
  readonly #unhandled: Counter;
  #gauges: () => OperatorGauges | undefined = () => undefined;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    for (const [name, { help, labels }] of Object.entries(COUNTERS) as [CounterName, (typeof COUNTERS)[CounterName]][]) {
      this.#counters.set(name, new Counter({ name: `headgate_operator_${name}`, help, labelNames: [...labels], registers }));
    }
    this.#convergence = new Histogram({
      name: 'headgate_config_convergence_seconds',
      help: 'From the first edit of a revision to the last acknowledgement of it by a proxy.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#reconcile = new Histogram({
      name: 'headgate_operator_reconcile_seconds',
      help: 'Compiling and publishing the table once.',
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
    this.#unhandled = new Counter({
      name: 'headgate_operator_unhandled_errors_total',
      help: 'Errors that nobody caught; each is a bug and is logged.',
      registers,
    });
    this.#gauge('headgate_config_revision', 'Revision of the published table; 0 = none.', (gauges) => gauges.revision);
    this.#gauge('headgate_operator_leader', '1 on the replica that leads.', (gauges) => Number(gauges.leader));
    this.#gauge('headgate_connected_proxies', 'Proxies with a control stream to this replica.', (gauges) => gauges.connectedProxies);
    this.#gauge('headgate_stale_proxies', 'Connected proxies behind the published revision.', (gauges) => gauges.staleProxies);
    this.#gauge('headgate_operator_shrink_held', '1 while a table that lost half of its policies is held back.', (gauges) =>
      Number(gauges.shrinkHeld),
    );
    this.#gauge('headgate_operator_objects', 'Providers, policies and consumers known.', (gauges) => gauges.objects);
  }

  readonly count: Count = (counter, labels) => {
    this.#counters.get(counter)?.inc({ ...labels });
  };

  /** Adds the age of the oldest watch, which only a source over an API server has. */
  readWatchAgeFrom(ageMs: () => number): void {
    new Gauge({
      name: 'headgate_operator_watch_age_seconds',
      help: 'Longest time that a watch has been without event, bookmark or list; beyond 120 the API server is away.',
      registers: [this.registry],
      collect() {
        this.set(ageMs() / 1000);
      },
    });
  }

  readGaugesFrom(read: () => OperatorGauges): void {
    this.#gauges = read;
  }

  observeConvergence(ms: number): void {
    this.#convergence.observe(Math.max(0, ms) / 1000);
  }

  observeReconcile(ms: number): void {
    this.#reconcile.observe(Math.max(0, ms) / 1000);
  }

  countUnhandled(): void {
    this.#unhandled.inc();
  }

  #gauge(name: string, help: string, value: (gauges: OperatorGauges) => number): void {
    const read = (): number | undefined => {
      const gauges = this.#gauges();
      return gauges === undefined ? undefined : value(gauges);
    };
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read() ?? 0);
      },
    });
  }
}
