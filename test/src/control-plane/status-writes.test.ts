import { afterAll, beforeAll, expect } from '@jest/globals';
import type { AuditEvent } from '../cluster/audit-log.ts';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { conditionOf, type KubeObject } from '../cluster/kube-object.ts';
import { until } from '../cluster/until.ts';
import { type ControlPlane, NAMESPACE, startControlPlane } from './control-plane.ts';
import { policyManifest, providerManifests } from './manifests.ts';

const START_MS = 20 * 60_000;
const PAIRS = 500;
const BUSY_MS = 30_000;
/** What a flipped condition may put off: the numbers behind it are due an interval later, all those of one moment at once. */
const SETTLE_MS = 10_000;
/** Requests are stamped when they arrive, so two writes that left 10 s apart may be seen a little closer. */
const CLOSEST_MS = 9_500;

const policyName = (index: number) => `busy-${index}`;

describeOnCluster('control', 'status of 1,000 busy objects', (test) => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane(2);
    const { address, port } = await plane.startProvider('shared');
    await plane.apply(providerManifests({ name: 'busy', address, port }));
    const objects = Array.from(
      { length: PAIRS },
      (_, index) => `${providerOf(index)}---${policyManifest(policyName(index), [policyName(index)])}`,
    );
    await plane.apply(objects.join('---'));
  }, START_MS);

  afterAll(() => plane?.teardown(), 60_000);

  /** How many of the objects do not meet what is asked of them. */
  const objectsWithout = async (holds: (item: KubeObject) => boolean) => {
    const { items } = await plane.cluster.get<{ items: readonly KubeObject[] }>('-n', NAMESPACE, 'modelproviders,routepolicies');
    const mine = items.filter((item) => item.metadata.name.startsWith('busy-'));
    expect(mine).toHaveLength(2 * PAIRS);
    return mine.filter((item) => !holds(item)).length;
  };

  test('every object is programmed on both proxies', async () => {
    await until('1,000 objects to be programmed', 240_000, async () => {
      const behind = await objectsWithout((item) => item.status?.summary?.['programmed'] === '2/2');
      if (behind > 0) throw new Error(`${behind} are not`);
      return true;
    });
  }, 300_000);

  test('traffic through all of them writes each status at most once in ten seconds', async () => {
    const models = Array.from({ length: PAIRS }, (_, index) => policyName(index));
    const traffic = plane.startTraffic({ models, callers: 8 });
    // A condition that changes is written at once; after that only numbers change.
    await until('every provider to be seen healthy', 60_000, async () => {
      const behind = await objectsWithout((item) => item.kind === 'RoutePolicy' || conditionOf(item, 'Healthy')?.status === 'True');
      if (behind > 0) throw new Error(`${behind} are not`);
      return true;
    });
    const from = Date.now() + SETTLE_MS;
    const to = from + BUSY_MS;
    await until('conditions to be at rest', SETTLE_MS + 5_000, async () => Date.now() >= from);
    const before = traffic.answered;
    await until('busy traffic', BUSY_MS + 5_000, async () => Date.now() >= to);
    const requests = traffic.answered - before;
    expect(await traffic.stop()).toMatchObject({ failures: [], interrupted: 0 });
    expect(requests).toBeGreaterThan(2 * PAIRS);
    const events = await plane.cluster.auditEvents();
    const writes = events.filter((event) => event.subresource === 'status' && event.atMs >= from && event.atMs < to);
    process.stdout.write(`${writes.length} status writes in ${BUSY_MS / 1000} s of ${requests} requests through ${2 * PAIRS} objects\n`);
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.filter((event) => event.status >= 400)).toEqual([]);
    expect(tooClose(writes)).toEqual([]);
    // And 5/s over all of them; the burst allows one second's worth more, a write that was late another.
    expect(writes.length).toBeLessThanOrEqual((BUSY_MS / 1000 + 2) * 5);
  }, 180_000);
});

/** A provider of its own behind the Service they all share. */
function providerOf(index: number): string {
  return `
apiVersion: headgate.dev/v1alpha1
kind: ModelProvider
metadata: { name: ${policyName(index)} }
spec: { type: Simulated, serviceRef: { name: busy, port: 80 }, models: [{ name: sim-small, capabilities: [Chat] }] }
`;
}

/** Pairs of writes to one object with less than the interval between them. */
function tooClose(writes: readonly AuditEvent[]): readonly string[] {
  const last = new Map<string, number>();
  return writes
    .toSorted((a, b) => a.atMs - b.atMs)
    .flatMap((event) => {
      const key = `${event.resource}/${event.name}`;
      const previous = last.get(key);
      last.set(key, event.atMs);
      return previous !== undefined && event.atMs - previous < CLOSEST_MS ? [`${key}: ${event.atMs - previous} ms`] : [];
    });
}
