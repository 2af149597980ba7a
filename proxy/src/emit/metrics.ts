import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { HandleCounter } from './handle-counter.ts';
import { HandleHistogram } from './handle-histogram.ts';

/** Upper bounds in seconds: 5 ms to 10 min, for things that wait for a model. */
const WAIT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/** Upper bounds in seconds: 50 us to 250 ms, for the proxy's own work. */
const OWN_SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

/** Numbers that are read when Prometheus asks, not counted along the way. */
export interface MetricSources {
  readonly requestsInFlight: () => number;
  readonly tableRevision: () => number;
  readonly tableResources: () => number;
  /** Seconds since the operator was last heard. */
  readonly tableStaleSeconds: () => number;
  /** Endpoints by breaker state and target. */
  readonly endpoints: () => readonly { readonly target: string; readonly state: string; readonly count: number }[];
}

/**
 * Every metric of the proxy; docs/metrics.md lists the same names. Labels come from the routing table only, never from
 * callers, so the number of series is bounded by what operators declare.
 */
export class ProxyMetrics {
  readonly registry: Registry = new Registry();
  readonly requests: HandleCounter<'policy' | 'operation' | 'status'>;
  readonly requestSeconds: HandleHistogram<'operation'>;
  readonly overheadSeconds: HandleHistogram<'operation'>;
  readonly attempts: HandleCounter<'provider' | 'model' | 'outcome'>;
  readonly ttftSeconds: HandleHistogram<'provider' | 'model'>;
  readonly tokens: HandleCounter<'provider' | 'model' | 'kind'>;
  readonly batchTokens: HandleCounter<'provider' | 'kind'>;
  readonly costUsd: HandleCounter<'provider' | 'model'>;
  readonly unpriced: HandleCounter<'provider' | 'model'>;
  readonly estimated: HandleCounter<'provider' | 'model'>;
  readonly streamsCut: HandleCounter<'provider' | 'model'>;
  readonly callersGone: HandleCounter<'phase'>;
  readonly refusals: HandleCounter<'code'>;
  readonly internalErrors: HandleCounter<'where'>;
  readonly tableUpdates: HandleCounter<'outcome'>;
  readonly reports: HandleCounter<'outcome'>;

  constructor() {
    const registers = [this.registry];
    const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]): HandleCounter<T> =>
      new HandleCounter({ name: `headgate_${name}`, help, labelNames, registers });
    const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[], buckets: number[]): HandleHistogram<T> =>
      new HandleHistogram({ name: `headgate_${name}`, help, labelNames, registers, buckets });
    const byModel = ['provider', 'model'] as const;
    this.requests = counter('requests_total', 'Requests answered, by policy, operation and HTTP status.', [
      'policy',
      'operation',
      'status',
    ]);
    this.requestSeconds = histogram(
      'request_duration_seconds',
      'First byte of the request to last byte of the answer.',
      ['operation'],
      WAIT_SECONDS,
    );
    this.overheadSeconds = histogram(
      'overhead_seconds',
      "The proxy's own share of the time to the first byte of an answer.",
      ['operation'],
      OWN_SECONDS,
    );
    this.attempts = counter('attempts_total', 'Requests sent to providers, by outcome: ok or a failure reason.', [...byModel, 'outcome']);
    this.ttftSeconds = histogram(
      'time_to_first_token_seconds',
      'Attempt begun to first content (blocking: whole answer).',
      byModel,
      WAIT_SECONDS,
    );
    this.tokens = counter(
      'tokens_total',
      'Tokens by kind: input (uncached), cache_read, cache_write, output, reasoning (part of output).',
      [...byModel, 'kind'],
    );
    this.batchTokens = counter('batch_tokens_total', 'Tokens of finished batches, by kind, when this proxy first shows one finished.', [
      'provider',
      'kind',
    ]);
    this.costUsd = counter('cost_usd_total', 'Cost of answers with a known price, in USD.', byModel);
    this.unpriced = counter('unpriced_requests_total', 'Answers of models without a price; their cost is unknown, not zero.', byModel);
    this.estimated = counter('estimated_usage_total', 'Answers whose tokens were estimated because the provider told none.', byModel);
    this.streamsCut = counter(
      'streams_cut_total',
      'Streams that broke after their first content; the caller was told in the stream.',
      byModel,
    );
    this.callersGone = counter('callers_gone_total', 'Callers that left before their answer was complete.', ['phase']);
    this.refusals = counter('refusals_total', 'Errors that Headgate itself told to callers, by code.', ['code']);
    this.internalErrors = counter('internal_errors_total', 'Defects that were contained; each is in the log.', ['where']);
    this.tableUpdates = counter('table_updates_total', 'Updates of the routing table: applied or refused.', ['outcome']);
    this.reports = counter('reports_total', 'Reports to the operator: accepted, refused or failed.', ['outcome']);
  }

  /** Adds what is measured only when asked for, and the Node process itself. */
  observeSources(sources: MetricSources): void {
    const registers = [this.registry];
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name: `headgate_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    gauge('requests_in_flight', 'Requests being answered now.', sources.requestsInFlight);
    gauge('table_revision', 'Revision of the routing table in use; 0 = none.', sources.tableRevision);
    gauge('table_resources', 'Resources in the routing table in use.', sources.tableResources);
    gauge('table_stale_seconds', 'Time since the operator was last heard.', sources.tableStaleSeconds);
    new Gauge({
      name: 'headgate_endpoints',
      help: 'Endpoints (provider, model, address and key) by the state of their circuit breaker.',
      labelNames: ['target', 'state'],
      registers,
      collect() {
        this.reset();
        for (const { target, state, count } of sources.endpoints()) this.set({ target, state }, count);
      },
    });
    collectDefaultMetrics({ register: this.registry });
  }
}
