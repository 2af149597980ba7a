import type { CredentialReport, ModelReport, ProviderReport, ResourceKey } from '@headgate/crds';
import type { Endpoint, Snapshot } from '../snapshot/snapshot.ts';
import type { Clock } from '../support/clock.ts';
import type { ModelWindow } from './report-window.ts';
import { TrafficTally } from './traffic-tally.ts';

interface ModelState {
  inFlight: number;
  closed: number;
  open: number;
  halfOpen: number;
}

interface ProviderState {
  readonly models: Map<string, ModelState>;
  readonly credentials: Map<string, CredentialReport>;
}

const NO_TRAFFIC = new TrafficTally().counts();

/**
 * Reports of every provider in the table: what was counted in `windows`, and how endpoints and keys stand now. Providers
 * that are well and idle are left out unless `full`.
 */
export function describeProviders(
  snapshot: Snapshot,
  windows: ReadonlyMap<ResourceKey, ReadonlyMap<string, ModelWindow>>,
  clock: Clock,
): readonly { readonly report: ProviderReport; readonly idle: boolean }[] {
  const states = gatherStates(snapshot, clock);
  const keys = new Set([...states.keys(), ...windows.keys()]);
  return [...keys].map((key) => {
    const state = states.get(key);
    const counted = windows.get(key);
    const names = new Set([...(state?.models.keys() ?? []), ...(counted?.keys() ?? [])]);
    const models = [...names].map((name) => describeModel(name, state?.models.get(name), counted?.get(name)));
    const credentials = [...(state?.credentials.values() ?? [])];
    const idle = counted === undefined && models.every(isIdle) && credentials.every((credential) => credential.state === 'Active');
    return { report: { key, models, credentials }, idle };
  });
}

function isIdle({ inFlight, endpoints }: ModelReport): boolean {
  return inFlight === 0 && endpoints.open === 0 && endpoints.halfOpen === 0;
}

function describeModel(model: string, state: ModelState | undefined, counted: ModelWindow | undefined): ModelReport {
  return {
    ...(counted?.tally.counts() ?? NO_TRAFFIC),
    model,
    inFlight: state?.inFlight ?? 0,
    endpoints: { closed: state?.closed ?? 0, open: state?.open ?? 0, halfOpen: state?.halfOpen ?? 0 },
    failureReasons: counted?.failureReasons ?? {},
    ...(counted?.connectionFailures !== undefined && { connectionFailures: counted.connectionFailures }),
  };
}

/** Targets of the same model share one array of endpoints, so each array is read once. */
function gatherStates(snapshot: Snapshot, clock: Clock): Map<ResourceKey, ProviderState> {
  const states = new Map<ResourceKey, ProviderState>();
  for (const key of snapshot.providers.keys()) states.set(key, { models: new Map(), credentials: new Map() });
  const seen = new Set<readonly Endpoint[]>();
  const counted = new Set<string>();
  for (const policy of snapshot.policies.values()) {
    for (const rule of policy.rules) {
      for (const target of rule.targets) {
        if (seen.has(target.endpoints)) continue;
        seen.add(target.endpoints);
        for (const endpoint of target.endpoints) {
          if (counted.has(endpoint.id)) continue;
          counted.add(endpoint.id);
          addEndpoint(states, endpoint, clock);
        }
      }
    }
  }
  return states;
}

function addEndpoint(states: Map<ResourceKey, ProviderState>, endpoint: Endpoint, clock: Clock): void {
  const state = states.get(endpoint.provider.key);
  if (state === undefined) return;
  const model = state.models.get(endpoint.model.name) ?? { inFlight: 0, closed: 0, open: 0, halfOpen: 0 };
  state.models.set(endpoint.model.name, model);
  const { signals, connection } = endpoint;
  model.inFlight += signals.inFlight;
  if (signals.breaker.state === 'closed') model.closed += 1;
  else if (signals.breaker.state === 'open') model.open += 1;
  else model.halfOpen += 1;
  const name = connection.credential?.name;
  if (name !== undefined) state.credentials.set(name, describeCredential(name, endpoint, clock));
}

function describeCredential(name: string, { signals }: Endpoint, clock: Clock): CredentialReport {
  const { state, untilMs } = signals.credential;
  const leftMs = untilMs - clock.monotonicMs();
  if (state !== 'Active' && leftMs <= 0) return { name, state: 'Active' };
  if (state !== 'RateLimited') return { name, state };
  return { name, state, until: new Date(clock.wallMs() + leftMs).toISOString() };
}

/** Endpoints by target and breaker state, for the gauge of the same name. */
export function countEndpoints(
  snapshot: Snapshot,
  clock: Clock,
): readonly { readonly target: string; readonly state: string; readonly count: number }[] {
  return [...gatherStates(snapshot, clock)].flatMap(([key, { models }]) =>
    [...models].flatMap(([model, { closed, open, halfOpen }]) => {
      const target = `${key.slice('provider/'.length)}/${model}`;
      return [
        { target, state: 'closed', count: closed },
        { target, state: 'open', count: open },
        { target, state: 'half-open', count: halfOpen },
      ];
    }),
  );
}
