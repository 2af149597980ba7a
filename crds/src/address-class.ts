/**
 * What kind of network an IP literal belongs to. Shared by the operator (addresses in manifests and EndpointSlices) and
 * the proxy (addresses a name resolved to, at connect time), so that both refuse the same ones.
 */
export type AddressClass =
  | 'public'
  | 'loopback'
  | 'unspecified'
  | 'link-local'
  /** Instance-metadata services of the clouds, wherever they live. */
  | 'metadata'
  | 'private'
  /** Carrier-grade NAT, 100.64.0.0/10. */
  | 'shared'
  | 'multicast'
  /** Documentation, benchmarking, relays, future use: nothing a provider can be behind. */
  | 'reserved';

interface Block {
  readonly network: readonly number[];
  readonly bits: number;
  readonly class: AddressClass;
}

/** First match wins; sources: IANA special-purpose registries (IPv4, IPv6) and the clouds' metadata documentation. */
const IPV4_BLOCKS: readonly Block[] = [
  v4('169.254.169.254', 32, 'metadata'),
  v4('169.254.170.2', 32, 'metadata'),
  v4('169.254.170.23', 32, 'metadata'),
  v4('100.100.100.200', 32, 'metadata'),
  v4('168.63.129.16', 32, 'metadata'),
  v4('192.0.0.192', 32, 'metadata'),
  v4('0.0.0.0', 8, 'unspecified'),
  v4('10.0.0.0', 8, 'private'),
  v4('100.64.0.0', 10, 'shared'),
  v4('127.0.0.0', 8, 'loopback'),
  v4('169.254.0.0', 16, 'link-local'),
  v4('172.16.0.0', 12, 'private'),
  v4('192.0.0.0', 24, 'reserved'),
  v4('192.0.2.0', 24, 'reserved'),
  v4('192.88.99.0', 24, 'reserved'),
  v4('192.168.0.0', 16, 'private'),
  v4('198.18.0.0', 15, 'reserved'),
  v4('198.51.100.0', 24, 'reserved'),
  v4('203.0.113.0', 24, 'reserved'),
  v4('224.0.0.0', 4, 'multicast'),
  v4('240.0.0.0', 4, 'reserved'),
];

const IPV6_BLOCKS: readonly Block[] = [
  v6('fd00:ec2::254', 128, 'metadata'),
  v6('fd00:ec2::23', 128, 'metadata'),
  v6('fd20:ce::254', 128, 'metadata'),
  v6('::', 128, 'unspecified'),
  v6('::1', 128, 'loopback'),
  // Local-use NAT64 (RFC 8215) reaches whatever the operator of that network maps.
  v6('64:ff9b:1::', 48, 'private'),
  v6('fc00::', 7, 'private'),
  v6('fec0::', 10, 'private'),
  v6('fe80::', 10, 'link-local'),
  v6('ff00::', 8, 'multicast'),
  // Includes Teredo (2001::/32), which carries an IPv4 address of the peer's choice.
  v6('2001::', 23, 'reserved'),
  v6('2001:db8::', 32, 'reserved'),
  v6('3fff::', 20, 'reserved'),
  v6('2000::', 3, 'public'),
  v6('::', 0, 'reserved'),
];

/** Prefixes that wrap an IPv4 address, and where its four bytes start: the wrapped address decides. */
const EMBEDDINGS: readonly { readonly network: readonly number[]; readonly bits: number; readonly offset: number }[] = [
  { network: parse6('::ffff:0:0'), bits: 96, offset: 12 },
  { network: parse6('::ffff:0:0:0'), bits: 96, offset: 12 },
  { network: parse6('64:ff9b::'), bits: 96, offset: 12 },
  { network: parse6('2002::'), bits: 16, offset: 2 },
  { network: parse6('::'), bits: 96, offset: 12 },
];

/**
 * Class of an IP literal: canonical dotted quad or any IPv6 text form, without brackets or port (a zone is ignored).
 * undefined = not an IP literal; short, octal, hexadecimal and decimal IPv4 forms count as not a literal, because
 * resolvers disagree about them.
 */
export function classifyAddress(address: string): AddressClass | undefined {
  const bytes = addressBytes(address);
  if (bytes === undefined) return undefined;
  if (bytes.length === 4) return classOf(bytes, IPV4_BLOCKS, 'public');
  if (bytes.slice(0, 15).some((byte) => byte !== 0) || (bytes[15] ?? 0) > 1) {
    const wrapped = EMBEDDINGS.find((embedding) => inBlock(bytes, embedding.network, embedding.bits));
    if (wrapped !== undefined) return classOf(bytes.slice(wrapped.offset, wrapped.offset + 4), IPV4_BLOCKS, 'public');
  }
  return classOf(bytes, IPV6_BLOCKS, 'reserved');
}

/**
 * Whether a connection to an address of this class may be opened. Metadata, link-local, multicast and unspecified
 * addresses never; loopback and private ones only where the cluster's administrator opened them.
 */
export function isDialable(addressClass: AddressClass, privateAddressesAllowed: boolean): boolean {
  if (addressClass === 'public') return true;
  return privateAddressesAllowed && (addressClass === 'private' || addressClass === 'shared' || addressClass === 'loopback');
}

/** Whether `address` lies in `cidr` (`10.0.0.0/8`, `fd00::/8`, or a bare address). False for anything malformed. */
export function inCidr(address: string, cidr: string): boolean {
  const [network = '', bitsText, ...more] = cidr.split('/');
  const networkBytes = addressBytes(network);
  const bytes = addressBytes(address);
  if (networkBytes === undefined || bytes === undefined || networkBytes.length !== bytes.length || more.length > 0) return false;
  const bits = bitsText === undefined ? bytes.length * 8 : /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : -1;
  return bits >= 0 && bits <= bytes.length * 8 && inBlock(bytes, networkBytes, bits);
}

function classOf(bytes: readonly number[], blocks: readonly Block[], otherwise: AddressClass): AddressClass {
  return blocks.find((block) => inBlock(bytes, block.network, block.bits))?.class ?? otherwise;
}

function inBlock(bytes: readonly number[], network: readonly number[], bits: number): boolean {
  for (let i = 0; i * 8 < bits; i += 1) {
    const mask = bits - i * 8 >= 8 ? 0xff : (0xff << (8 - (bits - i * 8))) & 0xff;
    if (((bytes[i] ?? 0) & mask) !== ((network[i] ?? 0) & mask)) return false;
  }
  return true;
}

function addressBytes(address: string): readonly number[] | undefined {
  const bytes = address.includes(':') ? parse6(address.split('%')[0] ?? '') : parse4(address);
  return bytes.length === 0 ? undefined : bytes;
}

/** [] when malformed. */
function parse4(text: string): readonly number[] {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return [];
  return parts.map(Number);
}

/** [] when malformed. */
function parse6(text: string): readonly number[] {
  const halves = text.toLowerCase().split('::');
  if (halves.length > 2) return [];
  const [head, tail] = halves.map(groupBytes);
  if (head === undefined || head.some(Number.isNaN) || tail?.some(Number.isNaN)) return [];
  if (tail === undefined) return head.length === 16 ? head : [];
  const gap = 16 - head.length - tail.length;
  return gap < 2 ? [] : [...head, ...Array.from({ length: gap }, () => 0), ...tail];
}

/** Bytes of one side of `::`; holds NaN when malformed. */
function groupBytes(side: string): readonly number[] {
  if (side === '') return [];
  const groups = side.split(':');
  return groups.flatMap((group, i) => {
    if (i === groups.length - 1 && group.includes('.')) {
      const quad = parse4(group);
      return quad.length === 4 ? quad : [Number.NaN];
    }
    if (!/^[0-9a-f]{1,4}$/.test(group)) return [Number.NaN];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function v4(network: string, bits: number, addressClass: AddressClass): Block {
  return { network: parse4(network), bits, class: addressClass };
}

function v6(network: string, bits: number, addressClass: AddressClass): Block {
  return { network: parse6(network), bits, class: addressClass };
}
