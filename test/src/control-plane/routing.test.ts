import { afterAll, beforeAll, expect } from '@jest/globals';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { renderChart } from '../cluster/render-chart.ts';
import { until } from '../cluster/until.ts';
import { keyFingerprint } from '../simulator/request-log.ts';
import { type ControlPlane, NAMESPACE, startControlPlane } from './control-plane.ts';
import { policyManifest, providerManifests, secretManifest } from './manifests.ts';
import type { SimulatedProvider } from './simulated-provider.ts';
import { ask } from './traffic.ts';

const START_MS = 20 * 60_000;

describeOnCluster('control', 'routing by kubectl', (test) => {
  let plane: ControlPlane;
  let alpha: SimulatedProvider;
  let beta: SimulatedProvider;

  beforeAll(async () => {
    plane = await startControlPlane(2);
    alpha = await plane.startProvider('alpha');
    beta = await plane.startProvider('beta');
    await plane.apply(providerManifests(alpha));
    await plane.apply(providerManifests(beta));
  }, START_MS);

  afterAll(() => plane?.teardown(), 60_000);

  /** Which target each proxy chooses for the model now. */
  const targetsOf = async (model: string) => {
    const outcomes = await Promise.all(plane.proxyUrls.map((url) => ask(url, { model }, false)));
    return outcomes.map((outcome) => (outcome.type === 'failed' ? outcome.reason : outcome.target));
  };

  test('an applied policy routes on both proxies, and its status says that both have it', async () => {
    const [provider] = plane.proxyUrls;
    expect(await ask(provider ?? '', { model: 'assistant' }, false)).toMatchObject({ type: 'failed', status: 401 });
    await plane.apply(policyManifest('assistant', ['alpha', 'beta']));
    await plane.condition('routepolicy', 'assistant', 'Programmed', 'True');
    expect(await targetsOf('assistant')).toEqual([`${NAMESPACE}/alpha/sim-small`, `${NAMESPACE}/alpha/sim-small`]);
    for (const [resource, name] of [
      ['routepolicy', 'assistant'],
      ['modelprovider', 'alpha'],
    ] as const) {
      await plane.condition(resource, name, 'Ready', 'True');
      expect((await plane.get(resource, name)).status).toMatchObject({
        dataplane: { applied: 2, total: 2 },
        summary: { programmed: '2/2' },
      });
    }
    await plane.cluster.kubectl(['wait', '-n', NAMESPACE, '--for=condition=Ready', 'routepolicy/assistant', '--timeout=10s']);
  }, 60_000);

  test('an edit moves the traffic of both proxies', async () => {
    await plane.apply(policyManifest('moving', ['alpha']));
    await plane.condition('routepolicy', 'moving', 'Programmed', 'True');
    expect(new Set(await targetsOf('moving'))).toEqual(new Set([`${NAMESPACE}/alpha/sim-small`]));
    await plane.apply(policyManifest('moving', ['beta']));
    await plane.condition('routepolicy', 'moving', 'Programmed', 'True');
    expect(new Set(await targetsOf('moving'))).toEqual(new Set([`${NAMESPACE}/beta/sim-small`]));
    await plane.cluster.kubectl(['delete', '-n', NAMESPACE, 'routepolicy', 'moving']);
    await until('the name to be unknown', 10_000, async () => (await targetsOf('moving')).every((reason) => reason.startsWith('404')));
  }, 60_000);

  test('a bad object is named, everything else is served, and the fixed object recovers', async () => {
    const traffic = plane.startTraffic({ models: ['assistant'], callers: 4 });
    await plane.apply(
      providerManifests({ name: 'gamma', address: beta.address, port: beta.port, secret: { name: 'gamma-key', key: 'api-key' } }),
    );
    await plane.apply(policyManifest('through-gamma', ['gamma', 'nowhere']));
    const secret = await plane.condition('modelprovider', 'gamma', 'ResolvedRefs', 'False');
    expect(secret).toMatchObject({ reason: 'SecretNotFound', message: expect.stringContaining('gamma-key') });
    const target = await plane.condition('routepolicy', 'through-gamma', 'ResolvedRefs', 'False');
    expect(target).toMatchObject({ reason: 'ProviderNotFound', message: expect.stringContaining('nowhere') });
    await plane.apply(secretManifest('gamma-key', 'api-key', 'sk-gamma'));
    await plane.condition('modelprovider', 'gamma', 'ResolvedRefs', 'True');
    await plane.apply(policyManifest('through-gamma', ['gamma']));
    await plane.condition('routepolicy', 'through-gamma', 'Ready', 'True');
    expect(new Set(await targetsOf('through-gamma'))).toEqual(new Set([`${NAMESPACE}/gamma/sim-small`]));
    expect(await traffic.stop()).toMatchObject({ failures: [], interrupted: 0 });
  }, 90_000);

  test('a rotated key is used within five seconds', async () => {
    const traffic = plane.startTraffic({ models: ['through-gamma'], callers: 2 });
    await plane.apply(secretManifest('gamma-key', 'api-key', 'sk-rotated'));
    const rotatedMs = performance.now();
    const fingerprint = keyFingerprint('sk-rotated');
    await until('the rotated key to be used', 5_000, async () => (await beta.keysSeen()).includes(fingerprint));
    expect(performance.now() - rotatedMs).toBeLessThan(5_000);
    // Both proxies must have changed, not only the first that was seen.
    await until('only the rotated key to be used', 5_000, async () =>
      (await beta.keysSeen()).slice(-20).every((seen) => seen === fingerprint),
    );
    expect(await traffic.stop()).toMatchObject({ failures: [], interrupted: 0 });
  }, 60_000);

  test('every metric that the alerts and the autoscaler of the chart ask for is served', async () => {
    const flags = ['--set', 'monitoring.prometheusRule.enabled=true,proxy.autoscaling.enabled=true,proxy.autoscaling.targetInFlight=10'];
    const rendered = JSON.stringify(
      (await renderChart(flags)).filter(({ kind }) => ['PrometheusRule', 'HorizontalPodAutoscaler'].includes(kind)),
    );
    const wanted = new Set(rendered.match(/headgate_[a-z_]+/g));
    expect(wanted.size).toBeGreaterThan(5);
    const pages = await Promise.all(
      [plane.operatorAdminUrl, ...plane.proxies.map((proxy) => proxy.adminUrl)].map((url) => fetch(`${url}/metrics`)),
    );
    const served = (await Promise.all(pages.map((page) => page.text()))).join('\n');
    expect([...wanted].filter((name) => !served.includes(`# TYPE ${name} `))).toEqual([]);
  }, 60_000);

  test('a provider that is killed under traffic costs no caller an answer, and its status says so', async () => {
    const traffic = plane.startTraffic({ models: ['assistant'], callers: 8 });
    await until('traffic', 10_000, async () => traffic.answered > 100);
    await alpha.kill();
    const healthy = await plane.condition('modelprovider', 'alpha', 'Healthy', 'False', 20_000);
    expect(['Unreachable', 'CircuitOpen', 'Degraded']).toContain(healthy.reason);
    const before = traffic.answered;
    await until('more traffic', 10_000, async () => traffic.answered > before + 200);
    const report = await traffic.stop();
    expect(report.failures).toEqual([]);
    // What had reached its caller in part when the provider died cannot be taken back: those callers were told.
    expect(report.interrupted).toBeLessThanOrEqual(8);
    expect(report.targets[`${NAMESPACE}/beta/sim-small`]).toBeGreaterThan(200);
    await plane.condition('routepolicy', 'assistant', 'Ready', 'True');
  }, 90_000);

  test('the permissions of the chart were enough for all of this', () => {
    expect(plane.operator.output).not.toMatch(/forbidden/i);
    return Promise.resolve();
  });
});
