import type { CredentialReport, ProviderReport, ReportFrame, ResourceKey, RuleReport } from '@headgate/crds';
import { connectionLabel } from './connection-label.ts';
import { type ModelState, type ProxyEntry, ProxyStates } from './proxy-states.ts';
import { mergedFigures, type TrafficFigures, TrafficSeries } from './traffic-series.ts';

/** Models per provider and rules per policy that are told apart; callers cannot make this grow without bound. */
const MAX_SERIES_PER_OBJECT = 256;
const SWEEP_MS = 60_000;
const IDLE: ModelState = { inFlight: 0, endpoints: { closed: 0, open: 0, halfOpen: 0 } };

export interface ModelObservation {
  readonly model: string;
  readonly figures: TrafficFigures;
  readonly inFlight: number;
  /** Endpoints over all proxies by state of their breaker. */
  readonly endpoints: { readonly closed: number; readonly open: number; readonly halfOpen: number };
}

export interface ProviderObservation {
  /** Sorted by name. */
  readonly models: readonly ModelObservation[];
  readonly overall: TrafficFigures;
  /** Sorted by name; the worst state any proxy has seen. */
  readonly credentials: readonly CredentialReport[];
}

export interface RuleObservation {
  readonly name: string;
  readonly figures: TrafficFigures;
}

export interface PolicyObservation {
  /** Sorted by name. */
  readonly rules: readonly RuleObservation[];
  readonly overall: TrafficFigures;
}

/**
 * What the proxies report, merged: sums over proxies within a sliding window and the UTC day, and the present state of
 * breakers and keys. A report that arrives twice counts once; a proxy that falls silent takes its state with it, not
 * what it has already counted.
 */
export class Observations {
  readonly #providers = new Map<ResourceKey, Map<string, TrafficSeries>>();
  readonly #policies = new Map<ResourceKey, Map<string, TrafficSeries>>();
  readonly #proxies = new ProxyStates();
  #sweptMs = Number.NEGATIVE_INFINITY;

  /** False = a repetition, or older than what was merged already. `nowMs`: ms since 1970. */
  merge(report: ReportFrame, nowMs: number): boolean {
    const proxy = this.#proxies.accept(report, nowMs);
    if (proxy === undefined) return false;
    for (const provider of report.providers) this.#mergeProvider(provider, proxy, nowMs);
    for (const policy of report.policies) {
      for (const rule of policy.rules) this.#mergeRule(policy.key, rule, nowMs);
    }
    if (nowMs - this.#sweptMs >= SWEEP_MS || nowMs < this.#sweptMs) this.#sweep(nowMs);
    return true;
  }

  /** A proxy is gone: its breakers, keys and open requests no longer count. */
  gone(proxyId: string): void {
    this.#proxies.gone(proxyId);
  }

  /** Drops everything about objects that no longer exist. */
  retain(exists: (key: ResourceKey) => boolean): void {
    for (const map of [this.#providers, this.#policies]) {
      for (const key of map.keys()) if (!exists(key)) map.delete(key);
    }
    this.#proxies.retain(exists);
  }

  provider(key: ResourceKey, nowMs: number): ProviderObservation {
    const series = this.#providers.get(key) ?? new Map<string, TrafficSeries>();
    const present = this.#proxies.present(key, nowMs);
    const names = new Set([...series.keys(), ...present.models.keys()]);
    const models = [...names].sort().map((model) => ({
      model,
      figures: series.get(model)?.figures(nowMs) ?? mergedFigures([], nowMs),
      ...(present.models.get(model) ?? IDLE),
    }));
    return { models, overall: mergedFigures(series.values(), nowMs), credentials: present.credentials };
  }

  policy(key: ResourceKey, nowMs: number): PolicyObservation {
    const series = this.#policies.get(key) ?? new Map<string, TrafficSeries>();
    const rules = [...series].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => ({ name, figures: one.figures(nowMs) }));
    return { rules, overall: mergedFigures(series.values(), nowMs) };
  }

  #mergeProvider(provider: ProviderReport, proxy: ProxyEntry, nowMs: number): void {
    for (const model of provider.models) {
      const labels = { ...model.failureReasons, ...connectionLabels(model.connectionFailures) };
      seriesOf(this.#providers, provider.key, model.model)?.add(model, labels, nowMs);
    }
    proxy.state(provider, nowMs);
  }

  #mergeRule(key: ResourceKey, rule: RuleReport, nowMs: number): void {
    const targets = Object.fromEntries(rule.targets.map(({ target, requests }) => [target, requests]));
    seriesOf(this.#policies, key, rule.name)?.add(rule, targets, nowMs);
  }

  #sweep(nowMs: number): void {
    this.#sweptMs = nowMs;
    this.#proxies.sweep(nowMs);
    for (const map of [this.#providers, this.#policies]) {
      for (const [key, series] of map) {
        for (const [name, one] of series) if (one.isIdle(nowMs)) series.delete(name);
        if (series.size === 0) map.delete(key);
      }
    }
  }
}

function connectionLabels(failures: Readonly<Record<string, number>> = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(failures).map(([words, count]) => [connectionLabel(words), count]));
}

function seriesOf(map: Map<ResourceKey, Map<string, TrafficSeries>>, key: ResourceKey, name: string): TrafficSeries | undefined {
  let series = map.get(key);
  if (series === undefined) {
    series = new Map();
    map.set(key, series);
  }
  const known = series.get(name);
  if (known !== undefined || series.size >= MAX_SERIES_PER_OBJECT) return known;
  const created = new TrafficSeries();
  series.set(name, created);
  return created;
}
