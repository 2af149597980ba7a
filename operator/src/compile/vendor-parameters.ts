import type { CatalogVendor, VendorParameter } from '@headgate/crds';
import { type Fields, fieldsOf } from './fields.ts';
import type { Findings } from './findings.ts';

/** What an object says to fill in the `{...}` of its vendor's data; only texts that are safe in a URL. */
export type VendorParameters = Readonly<Partial<Record<VendorParameter, string>>>;

interface Source {
  /** Member of `spec`, and member of that. */
  readonly at: readonly [string, string?];
  /** That of the CRD, repeated here because a stored object may be older than the schema. */
  readonly pattern: RegExp;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SOURCES: Readonly<Record<VendorParameter, Source>> = {
  region: { at: ['region'], pattern: /^[a-z][-a-z0-9]{0,30}[a-z0-9]$/ },
  resource: { at: ['azure', 'resource'], pattern: /^[a-zA-Z0-9][-a-zA-Z0-9]{0,62}[a-zA-Z0-9]$/ },
  apiVersion: { at: ['azure', 'apiVersion'], pattern: /^\d{4}-\d{2}-\d{2}(-preview)?$/ },
  project: { at: ['gcp', 'project'], pattern: /^[a-z][-a-z0-9.:]{2,61}[a-z0-9]$/ },
  accountID: { at: ['cloudflare', 'accountID'], pattern: /^[0-9a-f]{32}$/ },
  projectID: { at: ['watsonx', 'projectID'], pattern: UUID },
  workspaceHost: {
    at: ['databricks', 'workspaceHost'],
    pattern:
      /^[a-z0-9][-a-z0-9.]*\.(cloud\.databricks\.(com|us|mil)|gcp\.databricks\.com|azuredatabricks\.(net|us)|databricks\.azure\.(cn|us))$/,
  },
};

/** Reads the parameters that the vendor's data asks for; one that is there but malformed makes the object invalid. */
export function readVendorParameters(spec: Fields, vendor: CatalogVendor, findings: Findings): VendorParameters {
  const parameters: Partial<Record<VendorParameter, string>> = {};
  const data = JSON.stringify(vendor);
  for (const [name, { at, pattern }] of Object.entries(SOURCES) as [VendorParameter, Source][]) {
    if (!data.includes(`{${name}}`) && (name !== 'region' || vendor.regions === undefined)) continue;
    const [member, inner] = at;
    const value = inner === undefined ? spec[member] : fieldsOf(spec[member])[inner];
    if (value === undefined || value === null) continue;
    if (typeof value === 'string' && value.length <= 253 && pattern.test(value)) parameters[name] = value;
    else findings.invalid(`\`${at.filter(Boolean).join('.')}\` is malformed`);
  }
  const region = parameters.region ?? vendor.regions?.default ?? undefined;
  return region === undefined ? parameters : { ...parameters, region };
}

/** The text with its `{...}` filled in; undefined when one is not given. `{model}` stays for the proxy. */
export function fill(text: string, parameters: VendorParameters): string | undefined {
  let complete = true;
  const filled = text.replaceAll(/\{(\w+)\}/g, (hole, name: string) => {
    if (name === 'model') return hole;
    const value = isParameter(name) ? parameters[name] : undefined;
    complete &&= value !== undefined;
    return value ?? '';
  });
  return complete ? filled : undefined;
}

function isParameter(name: string): name is VendorParameter {
  return Object.hasOwn(SOURCES, name);
}
