import type { CredentialReport, ProviderReport, ReportFrame, ResourceKey } from '@headgate/crds';

/** A proxy that has not reported for this long no longer counts in numbers of the present. */
export const SILENT_MS = 30_000;
/** A model that a proxy has not mentioned for this long has no state there. */
const FORGET_MODEL_MS = 60_000;
/** After this long without a report even the proxy's place in the order of reports is forgotten. */
const FORGET_PROXY_MS = 3_600_000;

export interface ModelState {
  readonly inFlight: number;
  readonly endpoints: { readonly closed: number; readonly open: number; readonly halfOpen: number };
}

export interface ProviderPresent {
  readonly models: ReadonlyMap<string, ModelState>;
  /** Per key the worst state any proxy has seen: what the provider told one of them holds for all. */
  readonly credentials: readonly CredentialReport[];
}

interface ProviderState {
  readonly models: Map<string, ModelState & { readonly seenMs: number }>;
  credentials: readonly CredentialReport[];
}

const SEVERITY: Readonly<Record<CredentialReport['state'], number>> = { Active: 0, RateLimited: 1, Exhausted: 2, Rejected: 3 };

/** What one proxy says about the present. */
export class ProxyEntry {
  epoch: number;
  sequence: number;
  seenMs: number;
  readonly providers: Map<ResourceKey, ProviderState> = new Map();

  constructor(report: ReportFrame, nowMs: number) {
    this.epoch = report.epoch;
    this.sequence = report.sequence;
    this.seenMs = nowMs;
  }

  /** Takes over the state part of a report. A model that is not mentioned keeps its breakers for a while, but has nothing in flight. */
  state(provider: ProviderReport, nowMs: number): void {
    const known = this.providers.get(provider.key) ?? { models: new Map(), credentials: [] };
    for (const [model, state] of known.models) {
      if (nowMs - state.seenMs > FORGET_MODEL_MS) known.models.delete(model);
      else if (state.inFlight > 0) known.models.set(model, { ...state, inFlight: 0 });
    }
    for (const { model, inFlight, endpoints } of provider.models) known.models.set(model, { inFlight, endpoints, seenMs: nowMs });
    known.credentials = provider.credentials;
    this.providers.set(provider.key, known);
  }
}

/** The present as every proxy sees it, and the order of each proxy's reports. */
export class ProxyStates {
  readonly #proxies = new Map<string, ProxyEntry>();

  /** Undefined = a report that was merged before, or that an older process of the same proxy sent. */
  accept(report: ReportFrame, nowMs: number): ProxyEntry | undefined {
    const known = this.#proxies.get(report.proxyId);
    const repeated =
      known !== undefined && (report.epoch < known.epoch || (report.epoch === known.epoch && report.sequence <= known.sequence));
    if (repeated) return undefined;
    if (known === undefined || report.epoch > known.epoch) {
      const entry = new ProxyEntry(report, nowMs);
      this.#proxies.set(report.proxyId, entry);
      return entry;
    }
    known.sequence = report.sequence;
    known.seenMs = nowMs;
    return known;
  }

  /** The state goes at once; the place in the order of reports stays, should a repetition still be under way. */
  gone(proxyId: string): void {
    this.#proxies.get(proxyId)?.providers.clear();
  }

  retain(exists: (key: ResourceKey) => boolean): void {
    for (const { providers } of this.#proxies.values()) {
      for (const key of providers.keys()) if (!exists(key)) providers.delete(key);
    }
  }

  sweep(nowMs: number): void {
    for (const [proxyId, entry] of this.#proxies) {
      if (nowMs - entry.seenMs > FORGET_PROXY_MS) this.#proxies.delete(proxyId);
      else if (nowMs - entry.seenMs > SILENT_MS) entry.providers.clear();
    }
  }

  /** The present of one provider, summed over the proxies that report. */
  present(key: ResourceKey, nowMs: number): ProviderPresent {
    const models = new Map<string, ModelState>();
    const worst = new Map<string, CredentialReport>();
    for (const entry of this.#proxies.values()) {
      const state = nowMs - entry.seenMs > SILENT_MS ? undefined : entry.providers.get(key);
      if (state === undefined) continue;
      for (const [name, model] of state.models) {
        if (nowMs - model.seenMs <= FORGET_MODEL_MS) models.set(name, added(models.get(name), model));
      }
      for (const credential of state.credentials) {
        const known = worst.get(credential.name);
        if (known === undefined || compareCredentials(credential, known) > 0) worst.set(credential.name, credential);
      }
    }
    return { models, credentials: [...worst.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }
}

function added(sum: ModelState | undefined, { inFlight, endpoints }: ModelState): ModelState {
  if (sum === undefined) return { inFlight, endpoints };
  return {
    inFlight: sum.inFlight + inFlight,
    endpoints: {
      closed: sum.endpoints.closed + endpoints.closed,
      open: sum.endpoints.open + endpoints.open,
      halfOpen: sum.endpoints.halfOpen + endpoints.halfOpen,
    },
  };
}

function compareCredentials(a: CredentialReport, b: CredentialReport): number {
  return SEVERITY[a.state] - SEVERITY[b.state] || ((a.until ?? '') < (b.until ?? '') ? -1 : 1);
}
