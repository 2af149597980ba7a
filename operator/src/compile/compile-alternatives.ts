import type { AlternativeDialect, CatalogVendor } from '@headgate/crds';
import type { Fields } from './fields.ts';
import type { Findings } from './findings.ts';
import { resolveAuth } from './resolve-auth.ts';
import { vendorLayout } from './vendor-layout.ts';
import type { VendorParameters } from './vendor-parameters.ts';

/**
 * What the vendor understands besides its first dialect. Nothing where the object chooses one, says itself where the
 * provider is (who knows what is there), or asks for one version of the API.
 */
export function compileAlternatives(
  spec: Fields,
  vendor: CatalogVendor,
  parameters: VendorParameters,
  findings: Findings,
): readonly AlternativeDialect[] {
  const chosen = [spec['dialect'], spec['baseURL'], spec['serviceRef'], parameters.apiVersion];
  if (vendor.alsoSpeaks === undefined || chosen.some((value) => value !== undefined && value !== null)) return [];
  return vendor.alsoSpeaks.map((dialect) => {
    const { auth } = resolveAuth(spec, { data: vendor, dialect }, parameters, findings);
    // What the vendor refuses or renames is about its first dialect.
    return { dialect, basePath: vendorLayout(vendor, dialect, parameters, findings).basePath, auth, quirks: {} };
  });
}
