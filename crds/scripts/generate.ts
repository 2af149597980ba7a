/**
 * Writes everything that is made from crds/manifests, crds/schema and crds/catalog. `--check` writes nothing and exits
 * with 1 when a committed file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { catalogSource } from './catalog-source.ts';
import { conditionPage } from './condition-page.ts';
import { loadContractSchemas } from './contract-schemas.ts';
import { contractShapes } from './contract-shapes.ts';
import { defaultsSource } from './defaults-source.ts';
import { fieldReference } from './field-reference.ts';
import { kindTypes } from './kind-types.ts';
import { loadManifests } from './load-manifests.ts';
import { validatorDeclarations, validatorModule } from './validator-source.ts';

const root = new URL('../../', import.meta.url);
const kinds = loadManifests();

const outputs: ReadonlyMap<string, string> = new Map([
  ['crds/src/kinds.gen.ts', kindTypes(kinds)],
  ['crds/src/defaults.gen.ts', defaultsSource(kinds)],
  ['crds/src/catalog.gen.ts', catalogSource()],
  ['crds/gen/contract-shapes.gen.ts', contractShapes(loadContractSchemas().values())],
  ['crds/gen/validators.gen.js', await validatorModule(kinds)],
  ['crds/gen/validators.gen.d.ts', validatorDeclarations(kinds)],
  ['docs/reference.md', fieldReference(kinds)],
  ['docs/conditions.md', conditionPage()],
]);

function current(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return undefined;
  }
}

const stale = [...outputs].filter(([path, text]) => current(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is out of date: run node crds/scripts/generate.ts`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of stale) {
    writeFileSync(new URL(path, root), text);
    console.log(`wrote ${path}`);
  }
}
