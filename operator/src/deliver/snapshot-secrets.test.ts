import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ResourceKey, TableResource } from '@headgate/crds';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import type { ApiResult } from '../support/kube-api.ts';
import type { KubeObject, ObjectRef } from '../support/kube-object.ts';
import type { ResourceType } from '../support/kube-resource.ts';
import { silentLogger } from '../support/logger.ts';
import { hashResource } from './resource-hasher.ts';
import { SnapshotSecrets } from './snapshot-secrets.ts';
import { policyBody } from './table-fixtures.ts';

const NOT_FOUND: ApiResult<KubeObject> = {
  type: 'error',
  error: { status: 404, reason: 'NotFound', message: 'absent', retryAfterMs: undefined },
};

/** The Secrets of one namespace. */
class SecretShelf {
  readonly secrets = new Map<string, KubeObject>();
  readonly writes: string[] = [];
  readonly #changes = new EventEmitter();

  /** Waits for writes until `condition` holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#changes, 'change');
  }

  get(_type: ResourceType, ref: ObjectRef): Promise<ApiResult<KubeObject>> {
    const secret = this.secrets.get(ref.name);
    return Promise.resolve(secret === undefined ? NOT_FOUND : { type: 'ok', value: secret });
  }

  apply(_type: ResourceType, object: KubeObject): Promise<ApiResult<KubeObject>> {
    this.writes.push(object.metadata.name);
    this.secrets.set(object.metadata.name, object);
    this.#changes.emit('change');
    return Promise.resolve({ type: 'ok', value: object });
  }

  delete(_type: ResourceType, ref: ObjectRef): Promise<ApiResult<undefined>> {
    this.secrets.delete(ref.name);
    this.#changes.emit('change');
    return Promise.resolve({ type: 'ok', value: undefined });
  }
}

describe('SnapshotSecrets', () => {
  let shelf: SecretShelf;
  let clock: FakeClock;
  let resources: Map<ResourceKey, TableResource>;
  let leads: boolean;
  let revision = 0;
  beforeEach(() => {
    shelf = new SecretShelf();
    clock = new FakeClock();
    leads = true;
    revision = 100_000_001;
    resources = new Map([['policy/default/a', hashResource(policyBody('a'))]]);
  });

  const open = (): SnapshotSecrets =>
    new SnapshotSecrets({
      api: shelf,
      namespace: 'headgate',
      clock,
      log: silentLogger,
      forms: () => ({ revision, resources }),
      isLeader: () => leads,
    });
  const big = (count: number): void => {
    for (let index = 0; index < count; index++) {
      const name = `p${index}`;
      resources.set(`policy/default/${name}`, hashResource({ ...policyBody(name), uid: randomBytes(200_000).toString('hex') }));
    }
  };

  test('gives the next leader the forms and the revision back', async () => {
    const snapshot = open();
    snapshot.offer();
    await clock.advance(1);
    await shelf.until(() => shelf.secrets.size === 1);
    const read = await open().read();
    expect(read).toMatchObject({ type: 'Found', revision: 100_000_001 });
    expect(read.type === 'Found' && read.forms?.resources).toEqual(resources);
  });

  test('spreads a large table over several Secrets, each under 1 MiB, and reads it back', async () => {
    big(8);
    const snapshot = open();
    snapshot.offer();
    await clock.advance(1);
    await shelf.until(() => shelf.secrets.has('headgate-snapshot-0'));
    expect(shelf.secrets.size).toBeGreaterThan(1);
    for (const secret of shelf.secrets.values()) expect(JSON.stringify(secret).length).toBeLessThan(1024 * 1024);
    const read = await open().read();
    expect(read.type === 'Found' && read.forms?.resources.size).toBe(9);
  });

  test('takes away the Secrets that a smaller table no longer needs: they hold keys', async () => {
    big(8);
    const snapshot = open();
    snapshot.offer();
    await clock.advance(1);
    await shelf.until(() => shelf.secrets.has('headgate-snapshot-0'));
    resources = new Map([['policy/default/a', hashResource(policyBody('a', 2))]]);
    snapshot.offer();
    await clock.advance(5_001);
    await shelf.until(() => shelf.secrets.size === 1);
  });

  test('writes at most every 5 s, and not at all when nothing changed', async () => {
    const snapshot = open();
    snapshot.offer();
    await clock.advance(1);
    await shelf.until(() => shelf.writes.length === 1);
    snapshot.offer();
    await clock.advance(6_000);
    expect(shelf.writes).toHaveLength(1);
    resources.set('policy/default/a', hashResource(policyBody('a', 2)));
    snapshot.offer();
    await clock.advance(5_000);
    resources.set('policy/default/a', hashResource(policyBody('a', 3)));
    snapshot.offer();
    await shelf.until(() => shelf.writes.length === 2);
    await clock.advance(3_000);
    expect(shelf.writes).toHaveLength(2);
  });

  test('writes nothing when it does not lead', async () => {
    leads = false;
    const snapshot = open();
    snapshot.offer();
    await clock.advance(6_000);
    expect(shelf.writes).toEqual([]);
  });

  test('keeps the revision of a damaged snapshot, so that numbering still goes on above it', async () => {
    const snapshot = open();
    snapshot.offer();
    await clock.advance(1);
    await shelf.until(() => shelf.secrets.size === 1);
    const secret = shelf.secrets.get('headgate-snapshot-0');
    if (secret === undefined || !('data' in secret)) throw new Error('nothing was written');
    shelf.secrets.set('headgate-snapshot-0', { ...secret, data: { ...(secret.data as object), 'table-0': 'AAAA' } } as KubeObject);
    expect(await open().read()).toEqual({ type: 'Found', revision: 100_000_001, forms: undefined });
  });

  test('says that there is none', async () => {
    expect(await open().read()).toEqual({ type: 'Absent' });
  });
});
