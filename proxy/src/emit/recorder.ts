import type { Exchange } from '../accept/exchange.ts';
import type { Metering } from '../dispatch/attempt.ts';
import type { AttemptRecord, DispatchOutcome } from '../dispatch/dispatch-run.ts';
import type { Clock } from '../support/clock.ts';
import type { LineSink } from '../support/logger.ts';
import { CALLER_ERRORS, type CallerError } from '../wire/caller-error.ts';
import type { Usage } from '../wire/usage.ts';
import { accessLine, connectionErrorLine } from './access-log.ts';
import type { Conclusion } from './conclusion.ts';
import type { CounterHandle } from './handle-counter.ts';
import type { HistogramHandle } from './handle-histogram.ts';
import { type MeteredUsage, meter } from './meter.ts';
import type { ProxyMetrics } from './metrics.ts';
import type { ReportWindow } from './report-window.ts';
import type { Responder } from './responder.ts';
import { TargetMeterBook } from './target-meters.ts';

export interface RecorderContext {
  readonly metrics: ProxyMetrics;
  readonly clock: Clock;
  /** Where access lines go. */
  readonly lines: LineSink;
  /** Where the report of now is gathered. */
  readonly reportWindow: () => ReportWindow;
}

/** nginx's status for a caller that closed the connection before its answer. */
const STATUS_GONE = 499;

/** Books the end of every request: metrics, the report to the operator, one line in the access log. */
export class Recorder {
  readonly #context: RecorderContext;
  readonly #meters: TargetMeterBook;
  readonly #requestSeconds: (operation: string) => HistogramHandle;
  readonly #overheadSeconds: (operation: string) => HistogramHandle;
  readonly #requests = new Map<string, CounterHandle>();

  constructor(context: RecorderContext) {
    this.#context = context;
    const { metrics } = context;
    this.#meters = new TargetMeterBook(metrics);
    this.#requestSeconds = remember((operation) => metrics.requestSeconds.handle({ operation }));
    this.#overheadSeconds = remember((operation) => metrics.overheadSeconds.handle({ operation }));
  }

  record(exchange: Exchange, conclusion: Conclusion, responder: Responder, errorCode: string | undefined, nowMs: number): void {
    const durationMs = nowMs - exchange.startedAtMs;
    const operation = exchange.route?.type ?? 'none';
    const policy =
      conclusion.type === 'dispatched'
        ? conclusion.plan.policy.id
        : conclusion.type === 'unroutable'
          ? conclusion.decision.policy.id
          : 'none';
    const gone = isGone(conclusion);
    const status = gone && responder.status === 0 ? STATUS_GONE : responder.status;
    this.#requestCounter(policy, operation, status).value += 1;
    this.#requestSeconds(operation).observe(durationMs / 1000);
    if (responder.overheadMs !== undefined) this.#overheadSeconds(operation).observe(responder.overheadMs / 1000);
    if (errorCode !== undefined)
      this.#context.metrics.refusals.handle({ code: errorCode in CALLER_ERRORS ? errorCode : 'provider' }).value += 1;
    const metered = this.#recordUsage(exchange, conclusion);
    if (gone) this.#context.metrics.callersGone.handle({ phase: responder.status === 0 ? 'before-answer' : 'in-answer' }).value += 1;
    const { lines, clock } = this.#context;
    const facts = { exchange, conclusion, status, durationMs, overheadMs: responder.overheadMs, errorCode, metered };
    lines.write(accessLine(facts, clock.wallMs()));
  }

  /** A connection that never became a request. */
  recordConnectionError(error: CallerError, requestId: string): void {
    this.#requestCounter('none', 'none', error.status).value += 1;
    this.#context.metrics.refusals.handle({ code: error.code }).value += 1;
    const { lines, clock } = this.#context;
    lines.write(connectionErrorLine(error, requestId, clock.wallMs()));
  }

  #recordUsage(exchange: Exchange, conclusion: Conclusion): MeteredUsage | undefined {
    if (conclusion.type === 'dispatched') return this.#recordDispatch(exchange, conclusion);
    if (conclusion.type !== 'relayed' || conclusion.outcome.type !== 'answered') return undefined;
    const { batchUsage } = conclusion.outcome;
    return batchUsage === undefined ? undefined : this.#recordBatch(conclusion.provider, batchUsage);
  }

  /** Batches have prices of their own, which no table knows. */
  #recordBatch(provider: string, usage: Usage): MeteredUsage {
    const { batchTokens } = this.#context.metrics;
    const kinds = {
      input: usage.inputTokens,
      cache_read: usage.cacheReadTokens,
      output: usage.outputTokens,
      reasoning: usage.reasoningTokens,
    };
    for (const [kind, tokens] of Object.entries(kinds)) batchTokens.handle({ provider, kind }).value += tokens;
    return { usage, estimated: false, costNanoUsd: undefined };
  }

  #recordDispatch(exchange: Exchange, { plan, outcome }: Extract<Conclusion, { type: 'dispatched' }>): MeteredUsage | undefined {
    const window = this.#context.reportWindow();
    let metered: MeteredUsage | undefined;
    for (const attempt of outcome.attempts) {
      const cost = this.#recordAttempt(attempt, window, exchange.call?.facts.inputTokens ?? 0);
      if (cost !== undefined) metered = cost;
    }
    const last = outcome.attempts.at(-1);
    const metering = outcome.type === 'failed' ? undefined : outcome.metering;
    window.addRequest(plan.policy.key, plan.rule.resource.name, last?.target.id, {
      failed: isFailure(outcome),
      metered,
      priced: last === undefined || isPriced(last),
      ttftMs: metering?.ttftMs,
      generationMs: generationMs(metering, last?.durationMs ?? 0),
    });
    return metered;
  }

  #recordAttempt(
    { target, endpoint, result, durationMs }: AttemptRecord,
    window: ReportWindow,
    inputTokens: number,
  ): MeteredUsage | undefined {
    const meters = this.#meters.of(target);
    const metering = result.type === 'failed' ? undefined : result.metering;
    const metered = metering === undefined ? undefined : meter(metering, inputTokens, endpoint.model.pricing);
    const error = result.type === 'failed' || result.type === 'cut' ? result.error : undefined;
    const failure = error?.reason;
    if (failure !== undefined) meters.failed(failure).value += 1;
    else if (result.type === 'gone') meters.failed('caller-gone').value += 1;
    else meters.ok.value += 1;
    if (result.type === 'cut') meters.cut.value += 1;
    if (metering !== undefined) meters.ttftSeconds.observe(metering.ttftMs / 1000);
    const model = window.model(target.resource.provider, target.resource.model);
    model.tally.add({
      failed: failure !== undefined && failure !== 'cancelled',
      metered,
      priced: isPriced({ endpoint }),
      ttftMs: metering?.ttftMs,
      generationMs: generationMs(metering, durationMs),
    });
    if (error !== undefined) model.fail(error);
    if (metered === undefined) return undefined;
    const { usage, costNanoUsd, estimated } = metered;
    meters.inputTokens.value += usage.inputTokens;
    meters.cacheReadTokens.value += usage.cacheReadTokens;
    meters.cacheWriteTokens.value += usage.cacheWriteTokens;
    meters.outputTokens.value += usage.outputTokens;
    meters.reasoningTokens.value += usage.reasoningTokens;
    if (costNanoUsd === undefined) meters.unpriced.value += 1;
    else meters.costUsd.value += costNanoUsd / 1e9;
    if (estimated) meters.estimated.value += 1;
    return metered;
  }

  #requestCounter(policy: string, operation: string, status: number): CounterHandle {
    const key = `${policy} ${operation} ${status}`;
    let handle = this.#requests.get(key);
    if (handle === undefined) {
      handle = this.#context.metrics.requests.handle({ policy, operation, status: String(status) });
      this.#requests.set(key, handle);
    }
    return handle;
  }
}

/** A caller's own mistake and a caller that left are no failures of the route. */
function isFailure(outcome: DispatchOutcome): boolean {
  return (
    outcome.type === 'cut' ||
    (outcome.type === 'failed' && outcome.error.status >= 500) ||
    (outcome.type === 'failed' && outcome.error.status === 429)
  );
}

/** A call that failed has cost nothing where there are prices; elsewhere it is as unknown as any other. */
function isPriced({ endpoint }: Pick<AttemptRecord, 'endpoint'>): boolean {
  return endpoint.model.pricing !== undefined;
}

/** From first content to end of a stream, ms. A whole answer does not tell: its transfer takes no time at all. */
function generationMs(metering: Metering | undefined, durationMs: number): number | undefined {
  return metering?.streamed === true ? Math.max(0, durationMs - metering.ttftMs) : undefined;
}

function isGone(conclusion: Conclusion): boolean {
  if (conclusion.type === 'relayed' || conclusion.type === 'dispatched') return conclusion.outcome.type === 'gone';
  return conclusion.type === 'gone';
}

function remember<V>(create: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = create(key);
      known.set(key, value);
    }
    return value;
  };
}
