import { isRecord } from '../support/kube-failure.ts';
import type { KubeObject } from '../support/kube-object.ts';
import type { ServiceEndpoints } from './world.ts';

/** A core/v1 Service, as far as it matters here. */
export interface Service extends KubeObject {
  readonly ports: readonly { readonly name: string | undefined; readonly port: number }[];
  /** Of the primary address; undefined when the server does not say. */
  readonly ipFamily: string | undefined;
}

/** A discovery.k8s.io/v1 EndpointSlice, as far as it matters here. */
export interface EndpointSlice extends KubeObject {
  readonly service: string | undefined;
  readonly addressType: string | undefined;
  readonly ports: readonly { readonly name: string | undefined; readonly port: number }[];
  readonly readyAddresses: readonly string[];
}

export function readService(object: KubeObject & { readonly spec?: unknown }): Service {
  const spec = isRecord(object.spec) ? object.spec : {};
  const families = Array.isArray(spec['ipFamilies']) ? spec['ipFamilies'] : [];
  const ipFamily: unknown = families[0];
  return { metadata: identity(object), ports: readPorts(spec['ports']), ipFamily: typeof ipFamily === 'string' ? ipFamily : undefined };
}

export function readEndpointSlice(
  object: KubeObject & { readonly addressType?: unknown; readonly ports?: unknown; readonly endpoints?: unknown },
): EndpointSlice {
  const endpoints: readonly unknown[] = Array.isArray(object.endpoints) ? object.endpoints : [];
  return {
    metadata: identity(object),
    service: object.metadata.labels?.['kubernetes.io/service-name'],
    addressType: typeof object.addressType === 'string' ? object.addressType : undefined,
    ports: readPorts(object.ports),
    readyAddresses: endpoints.map(readyAddress).filter((address) => address !== undefined),
  };
}

/**
 * Joins a Service with its slices: one entry per ready address and Service port, sorted, without duplicates. In a
 * dual-stack cluster only slices of the Service's primary family count, or each pod would be two endpoints.
 */
export function joinEndpoints(service: Service, slices: readonly EndpointSlice[]): ServiceEndpoints {
  const byText = new Map<string, ServiceEndpoints['ready'][number]>();
  for (const slice of slices) {
    if (service.ipFamily !== undefined && slice.addressType !== service.ipFamily) continue;
    for (const { name, port: servicePort } of service.ports) {
      const port = slice.ports.find((candidate) => candidate.name === name)?.port;
      if (port === undefined) continue;
      for (const address of slice.readyAddresses) byText.set(`${address} ${servicePort} ${port}`, { address, servicePort, port });
    }
  }
  const ready = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
  return { ports: service.ports, ready };
}

function identity(object: KubeObject): KubeObject['metadata'] {
  const { name, namespace, resourceVersion } = object.metadata;
  return { name, namespace, resourceVersion };
}

/** The only port of a Service may go without a name; a slice then says '' or nothing. */
function readPorts(ports: unknown): readonly { readonly name: string | undefined; readonly port: number }[] {
  const entries: readonly unknown[] = Array.isArray(ports) ? ports : [];
  return entries.flatMap((entry) => {
    if (!isRecord(entry) || typeof entry['port'] !== 'number') return [];
    const name = entry['name'];
    return [{ name: typeof name === 'string' && name !== '' ? name : undefined, port: entry['port'] }];
  });
}

/** The API says: only the first address is meaningful, and an absent `ready` means ready. */
function readyAddress(endpoint: unknown): string | undefined {
  if (!isRecord(endpoint)) return undefined;
  const conditions = isRecord(endpoint['conditions']) ? endpoint['conditions'] : {};
  const addresses: readonly unknown[] = Array.isArray(endpoint['addresses']) ? endpoint['addresses'] : [];
  const address = addresses[0];
  return conditions['ready'] !== false && typeof address === 'string' ? address : undefined;
}
