import type { RejectedResource, ResourceBody } from '@headgate/crds';
import { Authorizers } from '../signing/authorizers.ts';
import { systemClock } from '../support/clock.ts';
import type { BuildDeps } from './build-deps.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { DispatcherPool } from './dispatcher-pool.ts';
import { sampleResources } from './sample-table.ts';
import { SignalStore } from './signal-store.ts';
import type { Caller, Snapshot } from './snapshot.ts';

/** What snapshots are built with, without jitter and without sockets until something is dispatched. */
export function sampleDeps(): BuildDeps {
  const nowhere = async (): Promise<never> => {
    throw new Error('nothing is asked for here');
  };
  const authorizers = new Authorizers({
    clock: systemClock,
    random: () => 0.5,
    fetch: nowhere,
    pod: { variable: () => undefined, file: nowhere },
  });
  return { signals: new SignalStore(() => 0.5), dispatchers: new DispatcherPool(), authorizers, version: '0.0.0' };
}

/** A snapshot of these bodies; throws when one is refused, since tests that want that look at the outcome itself. */
export function sampleSnapshot(bodies: readonly ResourceBody[], deps: BuildDeps = sampleDeps(), revision = 1): Snapshot {
  const { snapshot, rejected } = buildSnapshot({ revision, resources: sampleResources(bodies) }, undefined, deps);
  if (rejected.length > 0) throw new Error(`refused: ${rejected.map(describeRejected).join('; ')}`);
  return snapshot;
}

/** The consumer `team/<name>` (or `<ns>/<name>`) of the snapshot as a caller. */
export function callerOf(snapshot: Snapshot, name: string): Caller {
  const consumer = snapshot.consumers.get(`consumer/${name.includes('/') ? name : `team/${name}`}`);
  if (consumer === undefined) throw new Error(`no consumer ${name}`);
  return { type: 'consumer', consumer };
}

function describeRejected({ key, reason }: RejectedResource): string {
  return `${key}: ${reason}`;
}
