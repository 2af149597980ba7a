import type { Caller } from '../snapshot/snapshot.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import type { ReceivedCall } from './parse-call.ts';

/** Everything rules, filters and strategies may ask about a call. */
export function gatherFacts(call: ReceivedCall, caller: Caller, rawHeaders: readonly string[]): CallFacts {
  return {
    ...call.facts,
    operation: call.operation,
    ...(call.filesAt !== undefined && { filesAt: call.filesAt }),
    rawHeaders,
    consumer: consumerFacts(caller),
  };
}

function consumerFacts(caller: Caller): CallFacts['consumer'] {
  if (caller.type === 'anonymous') return undefined;
  const { id, resource } = caller.consumer;
  return { id, name: resource.name, namespace: resource.namespace, tier: resource.tier, labels: resource.labels };
}
