import { type AddressClass, classifyAddress, inCidr, isDialable } from '@headgate/crds';

/** Whether a provider may live at a host, as far as the name tells; the proxy checks the address again when it connects. */
export type HostVerdict =
  | { readonly type: 'public' }
  /** Private, but opened by the cluster's administrator. */
  | { readonly type: 'allowed-private' }
  | { readonly type: 'refused'; readonly why: string; readonly remedy: string };

const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
]);
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', 'localhost.localdomain', 'ip6-localhost', 'ip6-loopback']);
const PRIVATE_SUFFIXES: readonly string[] = [
  '.local',
  '.internal',
  '.svc',
  '.cluster.local',
  '.home.arpa',
  '.localdomain',
  '.intranet',
  '.corp',
  '.lan',
];

const WHY: Readonly<Record<AddressClass, string>> = {
  public: '',
  loopback: 'names the local machine',
  unspecified: 'is the unspecified address',
  'link-local': 'is a link-local address',
  metadata: 'is a metadata service of a cloud',
  private: 'is inside a private network',
  shared: 'is a carrier-grade NAT address',
  multicast: 'is a multicast address',
  reserved: 'is a reserved address',
};

const USE_SERVICE = 'use `serviceRef` for servers in the cluster';

/**
 * Judges a host as the URL parser normalised it (lower case, punycode, IPv4 in dotted decimal, IPv6 in brackets).
 * `allowedPrivateHosts` holds host names, `*.suffix` patterns, addresses and CIDRs; it opens private, shared and
 * loopback hosts, never metadata or link-local ones.
 */
export function judgeHost(hostname: string, allowedPrivateHosts: readonly string[]): HostVerdict {
  const host = bareHost(hostname);
  const addressClass = classifyAddress(host) ?? classifyName(host);
  if (addressClass === 'public') return { type: 'public' };
  if (isDialable(addressClass, true) && allowedPrivateHosts.some((entry) => isOpenedBy(host, entry))) return { type: 'allowed-private' };
  // What may never be dialled is not worth asking for.
  const remedy = isDialable(addressClass, true)
    ? `${USE_SERVICE}, or have the host allowed (chart value \`allowedPrivateHosts\`)`
    : USE_SERVICE;
  return { type: 'refused', why: WHY[addressClass], remedy };
}

/** Host without brackets and without the dot that ends an absolute name. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
}

/** Whether `pattern` (a host name or `*.suffix`) covers `host`, regardless of case. */
export function matchesHostPattern(host: string, pattern: string): boolean {
  const wanted = bareHost(pattern.trim().toLowerCase());
  if (wanted.startsWith('*.')) return host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1;
  return wanted !== '' && host === wanted;
}

function classifyName(host: string): AddressClass {
  if (METADATA_NAMES.has(host)) return 'metadata';
  if (LOOPBACK_NAMES.has(host) || host.endsWith('.localhost')) return 'loopback';
  // A name of one label is completed by the pod's DNS search path, so it always leads into the cluster.
  if (!host.includes('.') || host.includes('.svc.') || PRIVATE_SUFFIXES.some((suffix) => host.endsWith(suffix))) return 'private';
  return 'public';
}

function isOpenedBy(host: string, entry: string): boolean {
  return matchesHostPattern(host, entry) || inCidr(host, bareHost(entry.trim()));
}
