import type { CatalogModel, CatalogVendor } from '@headgate/crds';

/** What the compiler asks about vendors and models; @headgate/crds has the one that is shipped, tests bring their own. */
export interface Catalogue {
  /** undefined: not a vendor that `spec.type` may name. */
  findVendor(type: string): CatalogVendor | undefined;
  /** undefined: nothing is known about the model. */
  findModel(vendor: string, name: string): CatalogModel | undefined;
}
