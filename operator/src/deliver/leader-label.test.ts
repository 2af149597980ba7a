import { describe, expect, test } from '@jest/globals';
import type { ApiResult, KubeApi, ListPage } from '../support/kube-api.ts';
import type { KubeObject, ObjectRef } from '../support/kube-object.ts';
import { silentLogger } from '../support/logger.ts';
import { LeaderLabel } from './leader-label.ts';

describe('LeaderLabel', () => {
  const setup = (labelled: readonly string[], failing?: { readonly pod: string; readonly status: number }) => {
    const patches: string[] = [];
    const api: Pick<KubeApi, 'mergePatch' | 'listPage'> = {
      mergePatch: (_type, ref: ObjectRef, patch): Promise<ApiResult<KubeObject>> => {
        patches.push(`${ref.name} ${JSON.stringify(patch)}`);
        if (failing?.pod !== ref.name) return Promise.resolve({ type: 'ok', value: { metadata: { name: ref.name } } });
        const error = { status: failing.status, reason: 'Failed', message: 'failed', retryAfterMs: undefined };
        return Promise.resolve({ type: 'error', error });
      },
      listPage: (): Promise<ApiResult<ListPage>> => {
        const items = labelled.map((name) => ({ metadata: { name } }));
        return Promise.resolve({ type: 'ok', value: { items, resourceVersion: '1', continueToken: undefined } });
      },
    };
    return { patches, label: new LeaderLabel(api, { namespace: 'headgate', name: 'new' }, silentLogger) };
  };

  test('is put on the new leader before it is taken from the old one', async () => {
    const { patches, label } = setup(['new', 'old']);
    expect(await label.take()).toBe(true);
    expect(patches).toEqual([
      'new {"metadata":{"labels":{"headgate.dev/leader":"true"}}}',
      'old {"metadata":{"labels":{"headgate.dev/leader":null}}}',
    ]);
  });

  test('is tried again when a pod could not be patched, unless that pod is gone', async () => {
    expect(await setup(['old'], { pod: 'old', status: 500 }).label.take()).toBe(false);
    expect(await setup(['old'], { pod: 'old', status: 404 }).label.take()).toBe(true);
    expect(await setup([], { pod: 'new', status: 500 }).label.take()).toBe(false);
  });

  test('does not matter outside a pod', async () => {
    expect(await setup([], { pod: 'new', status: 404 }).label.take()).toBe(true);
  });
});
