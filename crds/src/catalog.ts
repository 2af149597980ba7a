import { CATALOG_MODELS_JSON, CATALOG_VENDORS } from './catalog.gen.ts';
import type { CatalogModel, CatalogVendor, VendorType } from './catalog-types.ts';

/** Filled on first use, then one look-up each. */
let vendorsByName: ReadonlyMap<string, CatalogVendor> | undefined;
const modelsByVendor = new Map<string, ReadonlyMap<string, CatalogModel>>();

/** The vendor behind `ModelProvider.spec.type`; undefined only for a name that the CRD does not allow. O(1). */
export function findVendor(type: string): CatalogVendor | undefined {
  vendorsByName ??= new Map(CATALOG_VENDORS.map((vendor) => [vendor.name, vendor]));
  return vendorsByName.get(type);
}

/** What is known of a model at a vendor, by the vendor's own name for it; undefined: nothing. O(1) after the first call. */
export function findModel(vendor: string, name: string): CatalogModel | undefined {
  return indexOf(vendor).get(name);
}

/** Every model the catalogue knows at a vendor, sorted by name; empty for model servers and unknown vendors. */
export function vendorModels(vendor: string): readonly CatalogModel[] {
  return [...indexOf(vendor).values()];
}

function isVendor(name: string): name is VendorType {
  return Object.hasOwn(CATALOG_MODELS_JSON, name);
}

function indexOf(vendor: string): ReadonlyMap<string, CatalogModel> {
  const known = modelsByVendor.get(vendor);
  if (known !== undefined) return known;
  if (!isVendor(vendor)) return new Map();
  const models: readonly CatalogModel[] = JSON.parse(CATALOG_MODELS_JSON[vendor]);
  const index = new Map(models.map((model) => [model.name, model]));
  modelsByVendor.set(vendor, index);
  return index;
}
