import type { CatalogVendor, ProviderListing, UpstreamDialectId } from '@headgate/crds';
import { type Fields, fieldsOf, integerOf, textOf } from './fields.ts';
import { type Findings, quoted } from './findings.ts';
import type { IdentifiedObject } from './object-identity.ts';
import type { ProviderAddress } from './resolve-address.ts';
import { fill, type VendorParameters } from './vendor-parameters.ts';

export interface ListedProvider {
  readonly object: IdentifiedObject;
  readonly vendor: CatalogVendor;
  readonly dialect: UpstreamDialectId;
  readonly parameters: VendorParameters;
  readonly address: Pick<ProviderAddress, 'origins' | 'basePath'>;
}

/** Where an object that says `discover` is asked for its models; undefined, with a finding, where that is not known. */
export function providerListing(provider: ListedProvider, findings: Findings): ProviderListing | undefined {
  const { object, vendor, dialect } = provider;
  const spec = fieldsOf(object.spec);
  const own = vendor.listingPaths?.[dialect];
  const vendorPath = own === undefined ? vendor.listingPath : own;
  if (vendorPath === null) {
    const which = vendor.listingPath === null ? quoted(vendor.name) : `${quoted(vendor.name)} in this \`dialect\``;
    findings.partial(`\`discover\` has no effect: ${which} has no list that says which models can be asked for; name them in \`models\``);
    return undefined;
  }
  const path = pathBelow(provider, vendorPath);
  if (path === undefined) {
    findings.partial('`discover` has no effect: where the list of models is cannot be told from `baseURL`; name them in `models`');
    return undefined;
  }
  const { key, identity } = object;
  const subject = [key, identity.uid, vendor.name, `${placeOf(spec, provider)}${path}`].join(' ');
  return { path, subject, ...(vendor.listingPrices === undefined ? {} : { prices: vendor.listingPrices }) };
}

/** The vendor's path where the object's base path is in place of the vendor's. */
function pathBelow({ vendor, dialect, parameters, address }: ListedProvider, vendorPath: string): string | undefined {
  const usual = fill(vendor.basePaths?.[dialect] ?? vendor.basePath, parameters) ?? '';
  const { basePath } = address;
  if (basePath.endsWith(usual)) return basePath.slice(0, basePath.length - usual.length) + vendorPath;
  return vendorPath.startsWith(`${usual}/`) ? basePath + vendorPath.slice(usual.length) : undefined;
}

/** Pods come and go behind a Service that stays the same. */
function placeOf(spec: Fields, { address }: ListedProvider): string {
  const { name, port } = fieldsOf(spec['serviceRef']);
  const service = textOf(name);
  return service === undefined ? (address.origins[0]?.url ?? '') : `${service}:${integerOf(port, 1, 65_535) ?? ''}`;
}
