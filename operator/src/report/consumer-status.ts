import type { ModelConsumerStatus } from '@headgate/crds';
import { buildConditions, dataplaneStatus, programmedText } from './conditions.ts';
import { type StatusInput, timestamp } from './object-status.ts';

/** The whole status of a ModelConsumer. */
export function consumerStatus({ diagnostics, programming, previous, nowMs }: StatusInput<ModelConsumerStatus>): ModelConsumerStatus {
  const dataplane = dataplaneStatus(diagnostics, programming);
  return {
    observedGeneration: diagnostics.generation,
    conditions: buildConditions({ diagnostics, programming, previous: previous?.conditions, now: timestamp(nowMs) }),
    dataplane,
    summary: { programmed: programmedText(dataplane) },
  };
}
