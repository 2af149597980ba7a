import { afterAll, beforeAll, expect } from '@jest/globals';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { until } from '../cluster/until.ts';
import { type ControlPlane, NAMESPACE, startControlPlane } from './control-plane.ts';
import { policyManifest, providerManifests } from './manifests.ts';
import { ask } from './traffic.ts';

/** Enough to see a proxy that has lost its way, few enough for a slow machine. */
const ANSWERS = 100;
const START_MS = 20 * 60_000;

describeOnCluster('control', 'outages of the control plane', (test) => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane(2);
    for (const name of ['alpha', 'beta']) await plane.apply(providerManifests(await plane.startProvider(name)));
    await plane.apply(policyManifest('assistant', ['alpha']));
    await plane.condition('routepolicy', 'assistant', 'Ready', 'True');
  }, START_MS);

  afterAll(() => plane?.teardown(), 60_000);

  const startTraffic = () => plane.startTraffic({ models: ['assistant'], callers: 4 });

  /** Points the policy elsewhere and waits until both proxies follow. */
  const edit = async (provider: string, withinMs: number) => {
    await plane.apply(policyManifest('assistant', [provider]));
    await until(`both proxies to use ${provider}`, withinMs, async () => {
      const outcomes = await Promise.all(plane.proxyUrls.map((url) => ask(url, { model: 'assistant' }, false)));
      return outcomes.every((outcome) => outcome.type === 'answered' && outcome.target === `${NAMESPACE}/${provider}/sim-small`);
    });
  };

  const answersWhole = async (url: string) => {
    for (let turn = 0; turn < 10; turn++)
      expect(await ask(url, { model: 'assistant' }, turn % 2 === 0)).toMatchObject({ type: 'answered' });
  };

  test('an operator that is killed and restarted costs no caller an answer, and edits go on', async () => {
    const traffic = startTraffic();
    await plane.operator.kill();
    const before = traffic.answered;
    await until('traffic without an operator', 60_000, async () => traffic.answered > before + ANSWERS);
    await plane.startOperator();
    await edit('beta', 40_000);
    await plane.condition('routepolicy', 'assistant', 'Programmed', 'True', 30_000);
    expect((await plane.get('routepolicy', 'assistant')).status).toMatchObject({ dataplane: { applied: 2, total: 2 } });
    expect(await traffic.stop()).toMatchObject({ failures: [], interrupted: 0 });
  }, 120_000);

  test('without API server and operator, traffic goes on and restarted proxies serve; all converges after the return', async () => {
    await until('the snapshot Secret to hold the table', 20_000, async () => {
      const { stdout } = await plane.cluster.tryKubectl(['get', 'secret', '-n', NAMESPACE, 'headgate-snapshot-0', '-o', 'name']);
      return stdout !== '';
    });
    const snapshot = await plane.mountSnapshot();
    const traffic = startTraffic();
    await plane.cluster.stopPart('apiserver');
    const before = traffic.answered;
    await until('traffic without an API server', 60_000, async () => traffic.answered > before + ANSWERS);
    expect(await traffic.stop()).toMatchObject({ failures: [], interrupted: 0 });

    const [first, second] = plane.proxies;
    await first?.process.kill();
    await answersWhole((await plane.startProxy(0)).url);
    await plane.operator.kill();
    await second?.process.kill();
    await answersWhole((await plane.startProxy(1)).url);
    // A proxy on a new node has no copy of its own: only what the operator left in the snapshot Secrets.
    const stranger = await plane.startProxy(2, { HEADGATE_STATE_DIR: '', HEADGATE_SNAPSHOT_DIR: snapshot });
    await answersWhole(stranger.url);

    const during = startTraffic();
    await plane.cluster.startPart('apiserver');
    await until('the API server', 30_000, async () => (await plane.cluster.tryKubectl(['get', '--raw', '/readyz'])).code === 0);
    await plane.startOperator();
    await edit('alpha', 40_000);
    await until('all three proxies to be counted', 30_000, async () => {
      const { status } = await plane.get('routepolicy', 'assistant');
      return status?.dataplane?.applied === 3 && status.dataplane.total === 3;
    });
    expect(await during.stop()).toMatchObject({ failures: [], interrupted: 0 });
  }, 180_000);

  test('an API server that goes away and returns under a running operator is followed again within ten seconds', async () => {
    const traffic = startTraffic();
    await plane.cluster.stopPart('apiserver');
    await plane.cluster.stopPart('etcd');
    const before = traffic.answered;
    await until('traffic', 60_000, async () => traffic.answered > before + ANSWERS);
    await plane.cluster.startPart('etcd');
    await plane.cluster.startPart('apiserver');
    await until('the API server', 30_000, async () => (await plane.cluster.tryKubectl(['get', '--raw', '/readyz'])).code === 0);
    await edit('beta', 10_000);
    expect(await traffic.stop()).toMatchObject({ failures: [], interrupted: 0 });
  }, 120_000);
});
