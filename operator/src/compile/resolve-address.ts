import type { Origin } from '@headgate/crds';
import { parseBaseUrl } from './base-url.ts';
import { type Fields, isFields } from './fields.ts';
import { quoted } from './findings.ts';
import type { ObjectScope } from './object-scope.ts';
import { resolveService } from './resolve-service.ts';
import type { VendorLayout } from './vendor-layout.ts';

/** Where a provider answers. */
export interface ProviderAddress {
  readonly origins: readonly Origin[];
  /** Path prefix without a slash at its end. */
  readonly basePath: string;
  /** Names under which keys would be sent out. */
  readonly hosts: readonly string[];
  readonly privateAddressesAllowed: boolean;
}

const NOWHERE: ProviderAddress = { origins: [], basePath: '', hosts: [], privateAddressesAllowed: false };

/**
 * Finds the address of a provider: its `serviceRef`, its `baseURL`, the simulator (type Simulated), or the vendor's own
 * URL, in this order. Anything else is a finding and no address.
 */
export function resolveAddress(scope: ObjectScope, spec: Fields, layout: VendorLayout): ProviderAddress {
  const { world, findings } = scope;
  const { baseURL, serviceRef } = spec;
  if (isGiven(baseURL) && isGiven(serviceRef)) {
    findings.invalid('at most one of `baseURL` and `serviceRef` may be given');
    return NOWHERE;
  }
  if (isGiven(serviceRef)) {
    const scheme = isFields(spec['tls']) ? 'https' : 'http';
    const service = resolveService(scope, serviceRef, scheme);
    return { ...service, basePath: layout.basePath, privateAddressesAllowed: true };
  }
  if (isGiven(baseURL)) return addressOf(scope, spec, baseURL, world.allowedPrivateHosts);
  if (spec['type'] === 'Simulated') return simulatorAddress(scope, layout);
  if (layout.origin !== undefined) return addressOf(scope, spec, `${layout.origin}${layout.basePath}`, []);
  // Whatever else made the address unknown has said so.
  if (findings.usable) findings.invalid(missingAddress(spec['type']));
  return NOWHERE;
}

function addressOf({ findings }: ObjectScope, spec: Fields, url: unknown, allowedPrivateHosts: readonly string[]): ProviderAddress {
  const parsed = typeof url === 'string' && url.length <= 1024 ? parseBaseUrl(url, allowedPrivateHosts) : undefined;
  if (parsed === undefined || parsed.type === 'refused') {
    findings.invalid(`\`baseURL\` ${parsed?.why ?? 'must be an http or https URL with a host'}`);
    return NOWHERE;
  }
  const keysInClear = parsed.origin.startsWith('http:') && !parsed.privateAddressesAllowed && Array.isArray(spec['credentials']);
  if (keysInClear) findings.note('`baseURL` is http: keys travel over the network in clear text');
  const { origin, basePath, host, privateAddressesAllowed } = parsed;
  return { origins: [{ url: origin }], basePath, hosts: [host], privateAddressesAllowed };
}

function simulatorAddress({ world, findings }: ObjectScope, layout: VendorLayout): ProviderAddress {
  const url = world.simulatorUrl;
  const simulator = url === undefined ? undefined : URL.parse(url);
  if (url === undefined || simulator === undefined || simulator === null) {
    findings.invalid('no simulator is running; start one (chart value `simulator.enabled`) or give `baseURL` or `serviceRef`');
    return NOWHERE;
  }
  return {
    origins: [{ url: simulator.origin }],
    basePath: `${simulator.pathname.replace(/\/+$/, '')}${layout.basePath}`,
    hosts: [simulator.hostname.replace(/^\[|\]$/g, '')],
    privateAddressesAllowed: true,
  };
}

/** What has to be said of a vendor whose URL is made from it. */
const SAYS_WHERE: ReadonlyMap<unknown, string> = new Map([
  ['AzureOpenAI', 'azure.resource'],
  ['VertexAI', 'gcp'],
  ['Bedrock', 'region'],
  ['CloudflareWorkersAI', 'cloudflare'],
  ['Databricks', 'databricks'],
]);

function missingAddress(type: unknown): string {
  const member = SAYS_WHERE.get(type);
  return member === undefined
    ? `\`baseURL\` or \`serviceRef\` must be given when \`type\` is ${quoted(type)}`
    : `\`${member}\` must be given when \`type\` is ${quoted(type)} and no \`baseURL\` says where`;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
