import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { Schema } from './schema.ts';

/** What the generators need of one CustomResourceDefinition. */
export interface KindManifest {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly schema: Schema;
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly names: { readonly kind: string; readonly plural: string; readonly shortNames: readonly string[] };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const FILES = ['modelproviders', 'routepolicies', 'modelconsumers'] as const;

/** The three kinds in the order they are documented. */
export function loadManifests(): readonly KindManifest[] {
  return FILES.map((file) => {
    const text = readFileSync(new URL(`../manifests/${file}.yaml`, import.meta.url), 'utf8');
    const { spec } = load(text) as CustomResourceDefinition;
    const schema = spec.versions[0]?.schema.openAPIV3Schema;
    const shortName = spec.names.shortNames[0];
    if (schema === undefined || shortName === undefined) throw new Error(`${file}.yaml has no schema or short name`);
    return { kind: spec.names.kind, plural: spec.names.plural, shortName, schema };
  });
}
