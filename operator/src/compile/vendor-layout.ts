import type { CatalogVendor, ProviderPaths, UpstreamDialectId, VendorQuirks } from '@headgate/crds';
import type { Findings } from './findings.ts';
import { quoted } from './findings.ts';
import { fill, type VendorParameters } from './vendor-parameters.ts';

/** Where a vendor has what, for one object. */
export interface VendorLayout {
  /** Scheme, host and port; undefined: the object has to say where. */
  readonly origin: string | undefined;
  /** '' or `/...`, before the paths of operations. */
  readonly basePath: string;
  readonly paths: ProviderPaths | undefined;
  readonly quirks: VendorQuirks;
}

const USUAL_EMBEDDINGS_PATH = '/embeddings';

/** Fills the vendor's data in; what cannot be filled in is a finding only where it is needed (see resolve-address.ts). */
export function vendorLayout(
  vendor: CatalogVendor,
  dialect: UpstreamDialectId,
  parameters: VendorParameters,
  findings: Findings,
): VendorLayout {
  const versioned = parameters.apiVersion === undefined ? undefined : vendor.versioned;
  const basePath = fill(versioned?.basePath ?? vendor.basePaths?.[dialect] ?? vendor.basePath, parameters);
  const origin = regionalOrigin(vendor, parameters, findings);
  const paths = fillPaths(versioned === undefined ? usualPaths(vendor) : versioned.paths[dialect], parameters);
  const silent = versioned !== undefined && (parameters.apiVersion ?? '') < versioned.streamUsageSince;
  return {
    origin: basePath === undefined ? undefined : origin,
    basePath: basePath ?? '',
    paths,
    quirks: { ...fillQuirks(vendor.quirks, parameters, findings), ...(silent ? { noStreamOptions: true } : {}) },
  };
}

function regionalOrigin(vendor: CatalogVendor, parameters: VendorParameters, findings: Findings): string | undefined {
  const { origin, regions } = vendor;
  if (origin === null) return undefined;
  const { region } = parameters;
  if (regions === undefined || region === undefined) return fill(origin, parameters);
  const known = regions.origins ?? {};
  if (Object.hasOwn(known, region)) return known[region];
  if (origin.includes('{region}')) return fill(origin, parameters);
  findings.unsupported(`\`region\` ${quoted(region)} must be one of ${Object.keys(known).join(', ')}`);
  return undefined;
}

function usualPaths({ embeddingsPath }: CatalogVendor): ProviderPaths | undefined {
  return embeddingsPath === null || embeddingsPath === USUAL_EMBEDDINGS_PATH ? undefined : { embeddings: embeddingsPath };
}

function fillPaths(paths: ProviderPaths | undefined, parameters: VendorParameters): ProviderPaths | undefined {
  if (paths === undefined) return undefined;
  const chat = paths.chat === undefined ? undefined : fill(paths.chat, parameters);
  const embeddings = paths.embeddings === undefined ? undefined : fill(paths.embeddings, parameters);
  return { ...(chat === undefined ? {} : { chat }), ...(embeddings === undefined ? {} : { embeddings }) };
}

function fillQuirks(quirks: VendorQuirks, parameters: VendorParameters, findings: Findings): VendorQuirks {
  if (quirks.addedFields === undefined) return quirks;
  const addedFields = quirks.addedFields.flatMap(({ name, value }) => {
    const filled = fill(value, parameters);
    if (filled === undefined) findings.invalid(`the field \`${name}\`, which the vendor wants in every request, is not given`);
    return filled === undefined ? [] : [{ name, value: filled }];
  });
  return { ...quirks, addedFields };
}
