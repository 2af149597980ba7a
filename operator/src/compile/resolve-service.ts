import { classifyAddress, isDialable, type Origin } from '@headgate/crds';
import { fieldsOf, integerOf, isFields, listOf, textOf } from './fields.ts';
import { quoted } from './findings.ts';
import { compareText, isNamespaceName } from './object-identity.ts';
import type { ObjectScope } from './object-scope.ts';

/** More pods than one provider can sensibly be spread over; a bound against a runaway EndpointSlice. */
const MAX_ADDRESSES = 4096;

export interface ServiceAddress {
  /** One per ready pod, sorted; empty when nothing is ready or the reference does not resolve. */
  readonly origins: readonly Origin[];
  /** Names of the Service, for allow-lists of hosts. */
  readonly hosts: readonly string[];
}

/**
 * Expands `spec.serviceRef` into the addresses of the ready pods behind a Service of the same namespace. Anyone who may write
 * an EndpointSlice chooses these addresses, so metadata, link-local and loopback ones are left out.
 */
export function resolveService(scope: ObjectScope, reference: unknown, scheme: string): ServiceAddress {
  const { world, namespace, findings } = scope;
  const { name, port: givenPort } = fieldsOf(reference);
  const port = integerOf(givenPort, 1, 65_535);
  if (!isNamespaceName(name) || port === undefined) {
    findings.invalid('`serviceRef` must name a Service and one of its ports');
    return { origins: [], hosts: [] };
  }
  const hosts = [`${name}.${namespace}.svc`];
  const place = `Service ${quoted(`${namespace}/${name}`)}`;
  const service: unknown = world.services.get(`${namespace}/${name}`);
  if (!isFields(service)) {
    findings.unresolved('ServiceNotFound', `${place} does not exist`);
    return { origins: [], hosts };
  }
  const ports = listOf(service['ports'], 1000).map((candidate) => fieldsOf(candidate)['port']);
  if (!ports.includes(port)) {
    const known = ports.filter((candidate) => typeof candidate === 'number').sort((a, b) => a - b);
    findings.unresolved('ServicePortMissing', `${place} has no port ${port}; it has ${known.length === 0 ? 'none' : known.join(', ')}`);
    return { origins: [], hosts };
  }
  const origins = readyOrigins(listOf(service['ready'], MAX_ADDRESSES), port, scheme, (address) =>
    findings.partial(`${place} lists the address ${quoted(address)}, which is not one a pod can have; it is left out`),
  );
  if (origins.length === 0) findings.unresolved('NoReadyEndpoints', `${place} has no ready pod behind port ${port}`);
  return { origins, hosts };
}

function readyOrigins(
  ready: readonly unknown[],
  servicePort: number,
  scheme: string,
  refuse: (address: string) => void,
): readonly Origin[] {
  const urls = new Set<string>();
  for (const endpoint of ready.map(fieldsOf)) {
    const address = textOf(endpoint['address']);
    const port = integerOf(endpoint['port'], 1, 65_535);
    if (endpoint['servicePort'] !== servicePort || address === undefined || port === undefined) continue;
    const addressClass = classifyAddress(address);
    if (addressClass === undefined || addressClass === 'loopback' || !isDialable(addressClass, true)) {
      refuse(address);
      continue;
    }
    const host = address.includes(':') ? `[${address}]` : address;
    urls.add(`${scheme}://${host}:${port}`);
  }
  return [...urls].sort(compareText).map((url) => ({ url }));
}
