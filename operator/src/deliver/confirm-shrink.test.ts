import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeKubeApi } from '../support/fake-kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import { shrinkConfirmation } from './confirm-shrink.ts';

const REF = { namespace: 'headgate', name: 'headgate-control-ca' };

describe('shrinkConfirmation', () => {
  test('wants an annotation, or the time to pass', async () => {
    const api = new FakeKubeApi();
    const clock = new FakeClock();
    const confirm = shrinkConfirmation(api, 'headgate', 60_000, clock);
    const sinceMs = clock.now();
    expect(await confirm(sinceMs)).toBe(false);
    api.put(RESOURCES.configMaps, { metadata: { ...REF, annotations: { 'headgate.dev/allow-shrink': 'yes' } } });
    expect(await confirm(sinceMs)).toBe(true);
    expect(api.calls.at(-1)).toContain('mergePatch');
  });

  test('lets it pass when it has lasted', async () => {
    const clock = new FakeClock();
    const confirm = shrinkConfirmation(new FakeKubeApi(), 'headgate', 60_000, clock);
    expect(await confirm(clock.now() - 60_000)).toBe(true);
  });
});
