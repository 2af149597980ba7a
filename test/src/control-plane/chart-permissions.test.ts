import { expect } from '@jest/globals';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { type RenderedObject, renderChart } from '../cluster/render-chart.ts';

/** `Role/name (namespace): verbs on group/resources [names]`, one line per rule. */
function permissions(objects: readonly RenderedObject[]): readonly string[] {
  return objects.flatMap((object) =>
    (object.rules ?? []).map((rule) => {
      const scope = object.metadata.namespace === undefined ? 'everywhere' : `in ${object.metadata.namespace}`;
      const group = rule.apiGroups.join() === '' ? 'core' : rule.apiGroups.join();
      const named = rule.resourceNames === undefined ? '' : ` named ${rule.resourceNames.join(' ')}`;
      return `${scope}: ${rule.verbs.join(' ')} ${group}/${rule.resources.join(' ')}${named}`;
    }),
  );
}

const SNAPSHOTS = Array.from({ length: 8 }, (_, shard) => `headgate-snapshot-${shard}`).join(' ');

const OWN = [
  'in headgate: create coordination.k8s.io/leases',
  'in headgate: get update patch coordination.k8s.io/leases named headgate-operator',
  'in headgate: create core/secrets configmaps',
  `in headgate: get update patch delete core/secrets named headgate-control-tls headgate-key-salt ${SNAPSHOTS}`,
  'in headgate: get update patch core/configmaps named headgate-control-ca',
  'in headgate: get list patch core/pods',
];

const REVIEWS = ['everywhere: create authentication.k8s.io/tokenreviews', 'everywhere: get list watch core/namespaces'];

const watched = (scope: string) => [
  `${scope}: get list watch headgate.dev/modelproviders routepolicies modelconsumers`,
  `${scope}: get patch headgate.dev/modelproviders/status routepolicies/status modelconsumers/status`,
  `${scope}: get list watch core/secrets`,
  `${scope}: get list watch core/services`,
  `${scope}: get list watch discovery.k8s.io/endpointslices`,
  `${scope}: create patch events.k8s.io/events`,
];

describeOnCluster('control', 'the permissions in the chart', (test) => {
  test('are these and no others', async () => {
    expect(new Set(permissions(await renderChart()))).toEqual(new Set([...OWN, ...REVIEWS, ...watched('everywhere')]));
  });

  test('stay in the named namespaces when namespaces are named', async () => {
    const rendered = await renderChart(['--set', 'watchNamespaces={team-a,team-b}']);
    expect(new Set(permissions(rendered))).toEqual(new Set([...OWN, ...REVIEWS, ...watched('in team-a'), ...watched('in team-b')]));
  });

  test('hold no wildcard', async () => {
    const rendered = await renderChart(['--set', 'simulator.enabled=true,watchNamespaces={headgate}']);
    expect(JSON.stringify(rendered.map((object) => object.rules ?? []))).not.toContain('*');
  });
});
