import type { ObjectRef } from './kube-object.ts';

/** A resource of the API server, as its paths name it. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function resource(groupVersion: string, plural: string, kind: string, namespaced = true): ResourceType {
  const slash = groupVersion.indexOf('/');
  return { group: slash < 0 ? '' : groupVersion.slice(0, slash), version: groupVersion.slice(slash + 1), plural, kind, namespaced };
}

export type ResourceName =
  | 'modelProviders'
  | 'routePolicies'
  | 'modelConsumers'
  | 'secrets'
  | 'configMaps'
  | 'services'
  | 'endpointSlices'
  | 'namespaces'
  | 'pods'
  | 'leases'
  | 'events'
  | 'tokenReviews';

/** Every resource the operator touches; the RBAC rules of the chart cover exactly these. */
export const RESOURCES: Readonly<Record<ResourceName, ResourceType>> = {
  modelProviders: resource('headgate.dev/v1alpha1', 'modelproviders', 'ModelProvider'),
  routePolicies: resource('headgate.dev/v1alpha1', 'routepolicies', 'RoutePolicy'),
  modelConsumers: resource('headgate.dev/v1alpha1', 'modelconsumers', 'ModelConsumer'),
  secrets: resource('v1', 'secrets', 'Secret'),
  configMaps: resource('v1', 'configmaps', 'ConfigMap'),
  services: resource('v1', 'services', 'Service'),
  endpointSlices: resource('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'),
  namespaces: resource('v1', 'namespaces', 'Namespace', false),
  pods: resource('v1', 'pods', 'Pod'),
  leases: resource('coordination.k8s.io/v1', 'leases', 'Lease'),
  events: resource('events.k8s.io/v1', 'events', 'Event'),
  tokenReviews: resource('authentication.k8s.io/v1', 'tokenreviews', 'TokenReview', false),
};

export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** What may stand in a path: a name of the API (RFC 1123 and the looser path-segment rule of RBAC objects), never a step up. */
const PATH_SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._:@-]{1,253}$/;

/**
 * Path of a collection, an object or a subresource of it, or undefined when a name could lead elsewhere: names come from
 * people's manifests.
 */
export function resourcePath(type: ResourceType, ref: Partial<ObjectRef>, subresource?: string): string | undefined {
  const segments = type.group === '' ? ['api', type.version] : ['apis', type.group, type.version];
  if (type.namespaced && ref.namespace !== undefined && ref.namespace !== '') segments.push('namespaces', ref.namespace);
  segments.push(type.plural);
  if (ref.name !== undefined) segments.push(ref.name);
  if (subresource !== undefined) segments.push(subresource);
  return segments.every((segment) => PATH_SEGMENT.test(segment)) ? `/${segments.join('/')}` : undefined;
}
