import type { Target } from '../snapshot/snapshot.ts';
import type { CounterHandle } from './handle-counter.ts';
import type { HistogramHandle } from './handle-histogram.ts';
import type { ProxyMetrics } from './metrics.ts';

/** The series of one provider and model, resolved once. */
export interface TargetMeters {
  readonly ok: CounterHandle;
  readonly failed: (outcome: string) => CounterHandle;
  readonly ttftSeconds: HistogramHandle;
  readonly inputTokens: CounterHandle;
  readonly cacheReadTokens: CounterHandle;
  readonly cacheWriteTokens: CounterHandle;
  readonly outputTokens: CounterHandle;
  readonly reasoningTokens: CounterHandle;
  readonly costUsd: CounterHandle;
  readonly unpriced: CounterHandle;
  readonly estimated: CounterHandle;
  readonly cut: CounterHandle;
}

/** More than any table declares; beyond it, models that come and go are counted together as `other`. */
const MAX_TARGETS = 5000;

/** Finds the series of a target by its id, so that they survive table swaps. */
export class TargetMeterBook {
  readonly #metrics: ProxyMetrics;
  readonly #byTarget = new Map<string, TargetMeters>();

  constructor(metrics: ProxyMetrics) {
    this.#metrics = metrics;
  }

  of(target: Target): TargetMeters {
    const known = this.#byTarget.get(target.id);
    if (known !== undefined) return known;
    const full = this.#byTarget.size >= MAX_TARGETS;
    const provider = full ? 'other' : target.resource.provider.slice('provider/'.length);
    const meters = this.#create(provider, full ? 'other' : target.resource.model);
    this.#byTarget.set(full ? 'other' : target.id, meters);
    return meters;
  }

  #create(provider: string, model: string): TargetMeters {
    const { attempts, tokens, ttftSeconds, costUsd, unpriced, estimated, streamsCut } = this.#metrics;
    const labels = { provider, model };
    const kind = (name: string): CounterHandle => tokens.handle({ ...labels, kind: name });
    return {
      ok: attempts.handle({ ...labels, outcome: 'ok' }),
      failed: (outcome) => attempts.handle({ ...labels, outcome }),
      ttftSeconds: ttftSeconds.handle(labels),
      inputTokens: kind('input'),
      cacheReadTokens: kind('cache_read'),
      cacheWriteTokens: kind('cache_write'),
      outputTokens: kind('output'),
      reasoningTokens: kind('reasoning'),
      costUsd: costUsd.handle(labels),
      unpriced: unpriced.handle(labels),
      estimated: estimated.handle(labels),
      cut: streamsCut.handle(labels),
    };
  }
}
