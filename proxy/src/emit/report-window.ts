import type { ResourceKey, RuleReport } from '@headgate/crds';
import type { UpstreamError } from '../wire/failure.ts';
import type { TrafficSample } from './traffic-tally.ts';
import { TrafficTally } from './traffic-tally.ts';

const MAX_CONNECTION_FAILURES = 16;

/** What one model of one provider saw in a window. */
export class ModelWindow {
  readonly tally: TrafficTally = new TrafficTally();
  readonly failureReasons: Record<string, number> = {};
  /** By what went wrong. The words come from `explainNetworkError`, so there are few of them. */
  connectionFailures: Record<string, number> | undefined;

  fail({ reason, message }: UpstreamError): void {
    count(this.failureReasons, reason);
    if (reason !== 'network') return;
    this.connectionFailures ??= {};
    if (message in this.connectionFailures || Object.keys(this.connectionFailures).length < MAX_CONNECTION_FAILURES) {
      count(this.connectionFailures, message);
    }
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

class RuleWindow {
  readonly tally: TrafficTally = new TrafficTally();
  readonly targets = new Map<string, number>();
}

/** Everything counted since the last report. Bounded by what the table declares. */
export class ReportWindow {
  /** By provider, then model. */
  readonly models: Map<ResourceKey, Map<string, ModelWindow>> = new Map();
  readonly #rules = new Map<ResourceKey, Map<string, RuleWindow>>();

  model(provider: ResourceKey, model: string): ModelWindow {
    return entry(
      entry(this.models, provider, () => new Map<string, ModelWindow>()),
      model,
      () => new ModelWindow(),
    );
  }

  addRequest(policy: ResourceKey, rule: string, target: string | undefined, sample: TrafficSample): void {
    const window = entry(
      entry(this.#rules, policy, () => new Map<string, RuleWindow>()),
      rule,
      () => new RuleWindow(),
    );
    window.tally.add(sample);
    if (target !== undefined) window.targets.set(target, (window.targets.get(target) ?? 0) + 1);
  }

  policies(): { readonly key: ResourceKey; readonly rules: readonly RuleReport[] }[] {
    return [...this.#rules].map(([key, rules]) => ({
      key,
      rules: [...rules].map(([name, { tally, targets }]) => ({
        ...tally.counts(),
        name,
        targets: [...targets].map(([target, requests]) => ({ target, requests })),
      })),
    }));
  }
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
