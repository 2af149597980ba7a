import type { Endpoint } from '../snapshot/snapshot.ts';
import { peakEwmaCost } from '../snapshot/ttft-ewma.ts';
import { weightedOrder } from '../strategies/weighted-order.ts';

export interface EndpointContext {
  readonly nowMs: number;
  readonly random: () => number;
  /** Most endpoints wanted: a pool of 500 pods is not sorted for three attempts. */
  readonly limit: number;
}

interface KeyGroup {
  readonly weight: number;
  readonly endpoints: Endpoint[];
}

/**
 * Order in which the endpoints of one target are tried. The key is drawn by weight, the address is the better of two drawn
 * at random by peak EWMA x (in flight + 1). Each further place goes to the next key's best address, since the likely
 * faults (rate limit, dead address) are left behind best by changing both. Keys of weight 0 come after all others.
 */
export function orderEndpoints(endpoints: readonly Endpoint[], context: EndpointContext): readonly Endpoint[] {
  if (endpoints.length < 2) return endpoints;
  const groups = weightedOrder(groupByKey(endpoints), context.random);
  const order: Endpoint[] = [];
  takeInTurns(
    groups.filter((group) => group.weight > 0),
    order,
    context,
  );
  takeInTurns(
    groups.filter((group) => !(group.weight > 0)),
    order,
    context,
  );
  return order;
}

function groupByKey(endpoints: readonly Endpoint[]): readonly KeyGroup[] {
  const groups = new Map<string, KeyGroup>();
  for (const endpoint of endpoints) {
    const { credential, credentialKey } = endpoint.connection;
    const group = groups.get(credentialKey);
    if (group === undefined) groups.set(credentialKey, { weight: credential?.weight ?? 1, endpoints: [endpoint] });
    else group.endpoints.push(endpoint);
  }
  return [...groups.values()];
}

function takeInTurns(groups: readonly KeyGroup[], order: Endpoint[], context: EndpointContext): void {
  let left = groups.reduce((count, group) => count + group.endpoints.length, 0);
  while (left > 0) {
    for (const { endpoints } of groups) {
      if (endpoints.length === 0) continue;
      if (order.length >= context.limit) return;
      order.push(takeBetterOfTwo(endpoints, context));
      left -= 1;
    }
  }
}

/** Removes and returns the better of two random endpoints; `endpoints` must not be empty. */
function takeBetterOfTwo(endpoints: Endpoint[], { nowMs, random }: EndpointContext): Endpoint {
  let at = 0;
  if (endpoints.length > 1) {
    const one = Math.floor(random() * endpoints.length);
    const drawn = Math.floor(random() * (endpoints.length - 1));
    const other = drawn >= one ? drawn + 1 : drawn;
    at = costAt(endpoints, other, nowMs) < costAt(endpoints, one, nowMs) ? other : one;
  }
  const picked = endpoints[at];
  const last = endpoints.pop();
  if (picked === undefined || last === undefined) throw new Error('no endpoint to take');
  if (at < endpoints.length) endpoints[at] = last;
  return picked;
}

function costAt(endpoints: readonly Endpoint[], at: number, nowMs: number): number {
  const endpoint = endpoints[at];
  return endpoint === undefined ? Number.POSITIVE_INFINITY : peakEwmaCost(endpoint.signals, nowMs);
}
