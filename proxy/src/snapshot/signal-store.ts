import type { CircuitBreakerSettings, ProviderCredential, ResourceKey } from '@headgate/crds';
import { EndpointBreaker } from './endpoint-breaker.ts';
import type { CredentialSignals, EndpointSignals } from './endpoint-signals.ts';
import { RetryBudget } from './retry-budget.ts';

interface HeldCredential {
  readonly secret: string | undefined;
  readonly signals: CredentialSignals;
}

/** Ids that are in use; everything else may be forgotten. */
export interface LiveSignals {
  readonly endpointIds: ReadonlySet<string>;
  readonly credentialKeys: ReadonlySet<string>;
  readonly policyKeys: { has(key: ResourceKey): boolean };
}

/**
 * Moving numbers by stable id, so that they survive table swaps: an edit of a provider does not close its breakers or
 * forget which key is rate-limited.
 */
export class SignalStore {
  readonly #endpoints = new Map<string, EndpointSignals>();
  readonly #credentials = new Map<string, HeldCredential>();
  readonly #retryBudgets = new Map<ResourceKey, RetryBudget>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  get endpointCount(): number {
    return this.#endpoints.size;
  }

  get credentialCount(): number {
    return this.#credentials.size;
  }

  /** Signals of the key. A rotated secret starts anew: what happened to the old key says nothing about the new one. */
  credential(credentialKey: string, credential: ProviderCredential | undefined): CredentialSignals {
    const held = this.#credentials.get(credentialKey);
    if (held !== undefined && held.secret === credential?.secret) return held.signals;
    const signals: CredentialSignals = { state: 'Active', untilMs: 0, waitTold: false };
    this.#credentials.set(credentialKey, { secret: credential?.secret, signals });
    return signals;
  }

  endpoint(id: string, credential: CredentialSignals, settings: CircuitBreakerSettings): EndpointSignals {
    const held = this.#endpoints.get(id);
    held?.breaker.configure(settings);
    if (held?.credential === credential) return held;
    // Attempts in flight with the old key end on the old object, so the count starts anew; address and model did not
    // change, so breaker and latency stay.
    const signals: EndpointSignals = {
      inFlight: 0,
      ttftEwmaMs: held?.ttftEwmaMs ?? 0,
      ttftSampledAtMs: held?.ttftSampledAtMs ?? 0,
      breaker: held?.breaker ?? new EndpointBreaker(settings, this.#random),
      credential,
    };
    this.#endpoints.set(id, signals);
    return signals;
  }

  retryBudget(policyKey: ResourceKey): RetryBudget {
    const held = this.#retryBudgets.get(policyKey);
    if (held !== undefined) return held;
    const budget = new RetryBudget();
    this.#retryBudgets.set(policyKey, budget);
    return budget;
  }

  /** Forgets what no longer occurs in the table. */
  collect(live: LiveSignals): void {
    for (const id of this.#endpoints.keys()) if (!live.endpointIds.has(id)) this.#endpoints.delete(id);
    for (const key of this.#credentials.keys()) if (!live.credentialKeys.has(key)) this.#credentials.delete(key);
    for (const key of this.#retryBudgets.keys()) if (!live.policyKeys.has(key)) this.#retryBudgets.delete(key);
  }
}
