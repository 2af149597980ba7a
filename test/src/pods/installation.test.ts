import { afterAll, beforeAll, expect } from '@jest/globals';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { conditionOf, type KubeObject } from '../cluster/kube-object.ts';
import { until } from '../cluster/until.ts';
import type { StreamReport } from '../simulator/stream-load.ts';
import { type Installation, install, NAMESPACE } from './installation.ts';

const START_MS = 30 * 60_000;

describeOnCluster('node', 'the chart on a cluster', (test) => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await install();
  }, START_MS);

  afterAll(() => installation?.cluster.teardown(), 60_000);

  /** Keeps streams going while `during` runs, and says how they ended. */
  const underStreams = async (name: string, count: number, seconds: number, during: () => Promise<void>): Promise<StreamReport> => {
    const client = await installation.startClient(name, 'streams', 'assistant', String(count), String(seconds));
    await client.running();
    await during();
    return JSON.parse(await client.output((seconds + 60) * 1000)) as StreamReport;
  };

  const logLevels = async () => {
    const pods = await installation.cluster.get<{ items: readonly KubeObject[] }>(
      '-n',
      NAMESPACE,
      'pods',
      '-l',
      'app.kubernetes.io/component=proxy',
    );
    return pods.items.map((pod) => /"HEADGATE_LOG_LEVEL","value":"(\w+)"/.exec(JSON.stringify(pod))?.[1]);
  };

  test('an installed sample is programmed on every proxy', async () => {
    await installation.kubectl('wait', 'routepolicy/assistant', '--for=condition=Programmed', '--timeout=60s');
    await installation.programmedOn(2, 30_000);
    expect(await installation.kubectl('get', 'modelproviders')).toMatch(/simulator +Simulated +True/);
  }, 120_000);

  test('a pod gets its first answer through the Service with the OpenAI SDK', async () => {
    const client = await installation.startClient('first-answer', 'chat', 'assistant');
    expect(await client.output(60_000)).toContain('You said: "Are you there?"');
  }, 90_000);

  test('helm test passes', async () => {
    const output = await installation.cluster.helm(['test', 'headgate', '-n', NAMESPACE, '--logs']);
    expect(output).toMatch(/Phase: +Succeeded/);
    expect(output).toContain('assistant: You said');
  }, 120_000);

  test('a proxy holds no token for the API and cannot write to its root', async () => {
    const script = [
      `const { existsSync, writeFileSync } = require('node:fs');`,
      `const token = existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token');`,
      `let root = 'written'; try { writeFileSync('/app/x', ''); } catch (error) { root = error.code; }`,
      `console.log(JSON.stringify({ token, root, user: process.getuid() }));`,
    ].join('\n');
    const output = await installation.kubectl('exec', 'deploy/headgate-proxy', '--', '/usr/local/bin/node', '-e', script);
    expect(JSON.parse(output)).toEqual({ token: false, root: 'EROFS', user: 65532 });
  }, 60_000);

  test('a killed leader is followed by another, and callers notice nothing', async () => {
    const [leader] = await installation.leaders();
    const report = await underStreams('leader-killed', 20, 25, async () => {
      await installation.kubectl('delete', leader ?? '', '--grace-period=0', '--force');
      const from = performance.now();
      await until('another leader', 30_000, async () => {
        const leaders = await installation.leaders();
        return leaders.length === 1 && leaders[0] !== leader;
      });
      process.stdout.write(`another leader after ${Math.round((performance.now() - from) / 100) / 10} s\n`);
      // The new leader takes edits, and both proxies follow it.
      await installation.kubectl('annotate', 'routepolicy/assistant', 'example.com/edited=true');
      await installation.kubectl('patch', 'routepolicy/assistant', '--type=merge', '-p', '{"spec":{"resilience":{"attempts":2}}}');
      await until('the edit to be programmed', 30_000, async () => {
        const policy = await installation.get('routepolicy', 'assistant');
        const programmed = conditionOf(policy, 'Programmed');
        return programmed?.status === 'True' && programmed.observedGeneration === policy.metadata.generation;
      });
      await installation.programmedOn(2, 30_000);
    });
    expect(report).toMatchObject({ truncated: 0, failed: 0, errors: [] });
  }, 150_000);

  test('a rolling restart under 100 streams truncates none', async () => {
    const report = await underStreams('rolling-restart', 100, 25, async () => {
      await installation.kubectl('rollout', 'restart', 'deployment/headgate-proxy');
      await installation.kubectl('rollout', 'status', 'deployment/headgate-proxy', '--timeout=90s');
    });
    process.stdout.write(`${report.whole} streams over a rolling restart\n`);
    expect(report).toMatchObject({ truncated: 0, failed: 0, errors: [] });
    expect(report.whole).toBeGreaterThan(200);
  }, 150_000);

  test('more proxies are counted as they come, and fewer as they go, without a lost stream', async () => {
    const report = await underStreams('scaling', 30, 20, async () => {
      await installation.kubectl('scale', 'deployment/headgate-proxy', '--replicas=4');
      await installation.programmedOn(4, 60_000);
      await installation.kubectl('scale', 'deployment/headgate-proxy', '--replicas=2');
      await installation.programmedOn(2, 60_000);
    });
    expect(report).toMatchObject({ truncated: 0, failed: 0, errors: [] });
  }, 150_000);

  test('an upgrade with another value reaches every proxy, without a lost stream', async () => {
    expect(await logLevels()).toEqual(['info', 'info']);
    const report = await underStreams('upgrade', 30, 15, async () => {
      await installation.helm('upgrade', ['proxy.logLevel=warn']);
    });
    expect(report).toMatchObject({ truncated: 0, failed: 0, errors: [] });
    await until('only new proxies', 60_000, async () => (await logLevels()).join() === 'warn,warn');
    await installation.programmedOn(2, 60_000);
  }, 240_000);

  test('an uninstalled release leaves the CRDs and the objects', async () => {
    await installation.cluster.helm(['uninstall', 'headgate', '-n', NAMESPACE, '--wait', '--timeout', '90s']);
    const left = await installation.kubectl('get', 'modelproviders,routepolicies', '-o', 'name');
    expect(left.trim().split('\n').toSorted()).toEqual(['modelprovider.headgate.dev/simulator', 'routepolicy.headgate.dev/assistant']);
    expect(await installation.kubectl('get', 'deployments', '-o', 'name')).toBe('');
  }, 120_000);
});
