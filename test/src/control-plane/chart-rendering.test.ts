import { expect } from '@jest/globals';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { CHART, podSpecsOf, type RenderedObject, renderChart, runHelm } from '../cluster/render-chart.ts';

const PERMUTATIONS: readonly (readonly string[])[] = [
  [],
  ['--set', 'simulator.enabled=true'],
  ['--set', 'simulator.enabled=true', '--api-versions', 'headgate.dev/v1alpha1/ModelProvider'],
  ['--set', 'watchNamespaces={team-a,team-b}'],
  ['--set', 'proxy.autoscaling.enabled=true,proxy.autoscaling.targetInFlight=50'],
  ['--set', 'networkPolicy.enabled=false,crds.install=false,operator.podDisruptionBudget.enabled=false'],
  ['--set', 'monitoring.serviceMonitor.enabled=true,monitoring.prometheusRule.enabled=true'],
  ['--set', 'image.registry=mirror.example,image.pullSecrets[0].name=pull,proxy.priorityClassName=high,proxy.nodeSelector.disk=ssd'],
];

const names = (objects: readonly RenderedObject[]) => objects.map((object) => `${object.kind}/${object.metadata.name}`);
const only = (objects: readonly RenderedObject[], name: string) => {
  const found = objects.filter((object) => `${object.kind}/${object.metadata.name}` === name);
  expect(found).toHaveLength(1);
  return found[0];
};

describeOnCluster('control', 'the rendered chart', (test) => {
  test('passes helm lint --strict', async () => {
    const result = await runHelm(['lint', '--strict', CHART]);
    expect({ code: result.code, output: result.stdout }).toMatchObject({ code: 0 });
  });

  test('names every object once, in the release namespace or none, whatever the values', async () => {
    for (const flags of PERMUTATIONS) {
      const objects = await renderChart(flags);
      const keys = objects.map((object) => `${object.metadata.namespace ?? ''}/${object.kind}/${object.metadata.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test('runs every pod under the restricted Pod Security Standard, with a read-only root', async () => {
    for (const flags of PERMUTATIONS) {
      const pods = podSpecsOf(await renderChart(flags));
      expect(pods.length).toBeGreaterThanOrEqual(3);
      for (const { owner, spec } of pods) {
        expect({ owner, ...spec.securityContext }).toMatchObject({
          owner,
          runAsNonRoot: true,
          runAsUser: 65532,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect(spec.hostNetwork).toBeUndefined();
        for (const container of spec.containers) {
          expect({ owner, ...container.securityContext }).toEqual({
            owner,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.resources?.requests).toBeDefined();
          expect(container.resources?.limits).toBeDefined();
        }
        const volumes = JSON.stringify(spec.volumes ?? []);
        expect(volumes).not.toContain('hostPath');
      }
    }
  });

  test('gives proxies no permission and no token but the one for the control stream', async () => {
    const objects = await renderChart(['--set', 'simulator.enabled=true']);
    const bound = objects.flatMap((object) => (object.kind.endsWith('RoleBinding') ? (object.subjects ?? []).map((s) => s.name) : []));
    expect(new Set(bound)).toEqual(new Set(['headgate-operator']));
    for (const { owner, spec } of podSpecsOf(objects))
      if (!owner.includes('operator')) expect([owner, spec.automountServiceAccountToken]).toEqual([owner, false]);
    const proxy = only(objects, 'Deployment/headgate-proxy')?.spec?.template?.spec;
    expect(JSON.stringify(proxy?.volumes)).toContain('"serviceAccountToken":{"audience":"headgate"');
  });

  test('gives a stopping proxy time for its longest stream', async () => {
    const objects = await renderChart(['--set', 'proxy.drainSeconds=1200,proxy.preStopSeconds=7']);
    expect(only(objects, 'Deployment/headgate-proxy')?.spec?.template?.spec.terminationGracePeriodSeconds).toBe(1217);
  });

  test('leaves the number of proxies to the autoscaler when it is on', async () => {
    const fixed = await renderChart();
    expect(only(fixed, 'Deployment/headgate-proxy')?.spec).toMatchObject({ replicas: 2 });
    const scaled = await renderChart(['--set', 'proxy.autoscaling.enabled=true']);
    expect(only(scaled, 'Deployment/headgate-proxy')?.spec).not.toHaveProperty('replicas');
    expect(names(scaled)).toContain('HorizontalPodAutoscaler/headgate-proxy');
  });

  test('denies proxies the metadata addresses of the clouds', async () => {
    const policy = only(await renderChart(), 'NetworkPolicy/headgate-proxy');
    const egress = JSON.stringify(policy?.spec?.['egress']);
    for (const address of ['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', 'fd00:ec2::254/128'])
      expect(egress).toContain(address);
  });

  test('lends the identity of the proxies to providers only when told so', async () => {
    const operatorEnv = async (flags: readonly string[]) =>
      JSON.stringify(only(await renderChart(flags), 'Deployment/headgate-operator')?.spec?.template?.spec.containers);
    const isAllowed = (value: string) => `{"name":"HEADGATE_ALLOW_WORKLOAD_IDENTITY","value":"${value}"}`;
    expect(await operatorEnv([])).toContain(isAllowed('false'));
    const lent = ['--set', 'workloadIdentity.allowed=true,networkPolicy.identityAddresses={169.254.170.23/32}'];
    const annotated = [...lent, '--set', 'proxy.serviceAccount.annotations.eks\\.amazonaws\\.com/role-arn=arn:aws:iam::1:role/x'];
    expect(await operatorEnv(annotated)).toContain(isAllowed('true'));
    const objects = await renderChart(annotated);
    expect(only(objects, 'ServiceAccount/headgate-proxy')?.metadata.annotations).toEqual({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x',
    });
    expect(only(objects, 'ServiceAccount/headgate-operator')?.metadata.annotations).toBeUndefined();
    expect(only(objects, 'NetworkPolicy/headgate-proxy')?.spec?.['egress']).toContainEqual({
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 988, protocol: 'TCP' },
      ],
      to: [{ ipBlock: { cidr: '169.254.170.23/32' } }],
    });
  });

  test('installs samples only with the simulator: as hooks where the CRDs are not known yet, as objects where they are', async () => {
    expect(names(await renderChart())).not.toContain('ModelProvider/simulator');
    const first = only(await renderChart(['--set', 'simulator.enabled=true']), 'RoutePolicy/assistant');
    expect(first?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'post-install', 'helm.sh/resource-policy': 'keep' });
    const known = ['--set', 'simulator.enabled=true', '--api-versions', 'headgate.dev/v1alpha1/ModelProvider'];
    const later = only(await renderChart(known), 'RoutePolicy/assistant');
    expect(later?.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  });

  test('takes every image from one registry, by tag or by digest', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const pods = podSpecsOf(await renderChart(['--set', `image.registry=mirror.example/x,image.proxy.digest=${digest}`]));
    const images = new Set(pods.flatMap(({ spec }) => spec.containers.map((container) => container.image)));
    expect(images).toEqual(new Set([`mirror.example/x/proxy@${digest}`, 'mirror.example/x/operator:0.1.0']));
  });

  test('keeps the CRDs on uninstall, unless told otherwise', async () => {
    const crds = (await renderChart()).filter((object) => object.kind === 'CustomResourceDefinition');
    expect(crds).toHaveLength(3);
    for (const crd of crds) expect(crd.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
    const loose = await renderChart(['--set', 'crds.keep=false']);
    expect(JSON.stringify(loose.filter((object) => object.kind === 'CustomResourceDefinition'))).not.toContain('resource-policy');
    expect(names(await renderChart(['--set', 'crds.install=false'])).join()).not.toContain('CustomResourceDefinition');
  });

  test('refuses values that mean nothing, and says which', async () => {
    const refusals: readonly (readonly [string, string])[] = [
      ['proxy.replica=3', "'replica'"],
      ['proxy.replicas=many', 'proxy/replicas'],
      ['image.proxy.digest=latest', 'image/proxy/digest'],
      ['watchNamespaces={Team_A}', 'watchNamespaces/0'],
      ['proxy.autoscaling.enabled=true,proxy.autoscaling.minReplicas=20', 'must not be larger than maxReplicas'],
      ['networkPolicy.identityAddresses={169.254.169.254/32}', 'only workloadIdentity.allowed needs'],
      ['simulator.enabled=true,watchNamespaces={other}', 'watchNamespaces does not list'],
    ];
    for (const [values, named] of refusals) await expect(renderChart(['--set', values])).rejects.toThrow(named);
  });
});
