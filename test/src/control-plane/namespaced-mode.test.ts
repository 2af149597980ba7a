import { afterAll, beforeAll, expect } from '@jest/globals';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { type ControlPlane, NAMESPACE, startControlPlane } from './control-plane.ts';
import { policyManifest, providerManifests } from './manifests.ts';
import { ask } from './traffic.ts';

const START_MS = 20 * 60_000;

describeOnCluster('control', 'an operator that may read one namespace only', (test) => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane(1, [NAMESPACE]);
  }, START_MS);

  afterAll(() => plane?.teardown(), 60_000);

  test('routes by the objects of its namespace, with no permission elsewhere', async () => {
    const account = `system:serviceaccount:${NAMESPACE}:headgate-operator`;
    const may = async (...args: string[]) => (await plane.cluster.tryKubectl(['auth', 'can-i', ...args, '--as', account])).stdout.trim();
    expect(await may('list', 'secrets', '-n', NAMESPACE)).toBe('yes');
    expect(await may('list', 'secrets', '-n', 'default')).toBe('no');
    expect(await may('list', 'modelproviders.headgate.dev', '-A')).toBe('no');
    await plane.apply(providerManifests(await plane.startProvider('alpha')));
    await plane.apply(policyManifest('assistant', ['alpha']));
    await plane.condition('routepolicy', 'assistant', 'Ready', 'True');
    const [url = ''] = plane.proxyUrls;
    expect(await ask(url, { model: 'assistant' }, true)).toEqual({ type: 'answered', target: `${NAMESPACE}/alpha/sim-small` });
    expect(plane.operator.output).not.toMatch(/forbidden/i);
  }, 60_000);

  test('leaves objects of other namespaces alone', async () => {
    await plane.cluster.kubectl(['apply', '-n', 'default', '--server-side', '-f', '-'], policyManifest('elsewhere', ['alpha']));
    // Once a later object of its own namespace is programmed, the earlier one would have been too.
    await plane.apply(policyManifest('afterwards', ['alpha']));
    await plane.condition('routepolicy', 'afterwards', 'Programmed', 'True');
    expect((await plane.cluster.get<{ status?: object }>('-n', 'default', 'routepolicy', 'elsewhere')).status).toBeUndefined();
  }, 60_000);
});
