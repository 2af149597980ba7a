import type { ModelPricing, ProviderModel } from '@headgate/crds';
import { Agent } from 'undici';
import { EndpointBreaker } from './endpoint-breaker.ts';
import { sampleProvider, sampleTarget } from './sample-table.ts';
import type { Connection, Endpoint, Provider, Target } from './snapshot.ts';

/** What matters of an endpoint to strategies and filters; see `sampleRunningTarget`. */
export interface EndpointShape {
  readonly inFlight?: number;
  readonly ttftEwmaMs?: number;
  /** Name of the key; endpoints with the same name share its state. */
  readonly key?: string;
  readonly keyWeight?: number;
}

export interface TargetShape {
  readonly weight?: number;
  readonly pricing?: ModelPricing;
  readonly model?: Partial<ProviderModel>;
  readonly concurrency?: number;
  readonly endpoints?: readonly EndpointShape[];
}

/** Never connects: endpoints made here are ranked, not called. */
const dispatcher = new Agent();

/** A target `team/<name>/m` with endpoints in the given shapes (one idle, unsampled endpoint by default), for tests. */
export function sampleRunningTarget(name: string, shape: TargetShape = {}): Target {
  const { weight = 1, pricing, concurrency, endpoints = [{}] } = shape;
  const resource = sampleProvider(name, concurrency === undefined ? {} : { concurrency });
  const model: ProviderModel = { name: 'm', capabilities: [], ...(pricing === undefined ? {} : { pricing }), ...shape.model };
  const provider: Provider = { key: `provider/team/${name}`, resource, byDialect: new Map(), models: new Map(), connections: [] };
  const credentials = new Map<string, Endpoint['signals']['credential']>();
  return {
    resource: sampleTarget(name, 'm', { weight }),
    id: `team/${name}/m`,
    weight,
    model,
    endpoints: endpoints.map((endpoint, i): Endpoint => {
      const key = endpoint.key ?? 'main';
      const credential = credentials.get(key) ?? { state: 'Active', untilMs: 0, waitTold: false };
      credentials.set(key, credential);
      return {
        id: `team/${name}/m@${key}#${i}`,
        provider,
        model,
        connection: sampleConnection(name, key, endpoint.keyWeight ?? 1),
        signals: {
          inFlight: endpoint.inFlight ?? 0,
          ttftEwmaMs: endpoint.ttftEwmaMs ?? 0,
          ttftSampledAtMs: 0,
          breaker: new EndpointBreaker(resource.circuitBreaker, () => 0.5),
          credential,
        },
      };
    }),
  };
}

function sampleConnection(provider: string, key: string, weight: number): Connection {
  return {
    origin: { url: `https://${provider}.example.com` },
    credential: { name: key, secret: `secret-of-${key}`, weight },
    dispatcher,
    requestHeaders: [],
    headersByDialect: new Map(),
    authorizer: undefined,
    credentialKey: `team/${provider}/${key}`,
  };
}

/** Repeatable draws in [0, 1) for tests. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
