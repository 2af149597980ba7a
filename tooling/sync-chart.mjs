// Copies the CRDs into the chart as templates, so that `helm upgrade` upgrades them and `helm uninstall` keeps them.
// With --check nothing is written; the exit code says whether the copies are up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = new URL('../crds/manifests/', import.meta.url);
const COPY = new URL('../charts/headgate/templates/crds/', import.meta.url);

/** The chart's template for one CRD manifest. Throws when the manifest is not what the wrapping expects. */
export function wrapCrd(manifest) {
  if (manifest.includes('{{')) throw new Error('a CRD must not contain "{{": Helm would read it as a template');
  const wrapped = manifest.replace(
    /^metadata:\n {2}name: .*\n/m,
    (metadata) => `${metadata}  labels:
    {{- include "headgate.labels" . | nindent 4 }}
  {{- if .Values.crds.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
`,
  );
  if (wrapped === manifest) throw new Error('a CRD must start its metadata with its name and have no annotations');
  return `{{- /* Made by tooling/sync-chart.mjs from crds/manifests; do not edit. */ -}}\n{{- if .Values.crds.install }}\n${wrapped.trimEnd()}\n{{- end }}\n`;
}

/** File name -> what the chart should hold. */
export function chartCrds() {
  const names = readdirSync(SOURCE).filter((name) => name.endsWith('.yaml'));
  return new Map(names.map((name) => [name, wrapCrd(readFileSync(new URL(name, SOURCE), 'utf8'))]));
}

/** Names of the copies that differ from their source. */
export function staleChartCrds() {
  const read = (name) => {
    try {
      return readFileSync(new URL(name, COPY), 'utf8');
    } catch {
      return undefined;
    }
  };
  return [...chartCrds()].flatMap(([name, text]) => (read(name) === text ? [] : [name]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = staleChartCrds();
  if (process.argv.includes('--check')) {
    if (stale.length > 0)
      console.error(`charts/headgate/templates/crds: out of date: ${stale.join(', ')}; run node tooling/sync-chart.mjs`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const [name, text] of chartCrds()) writeFileSync(new URL(name, COPY), text);
    console.log(stale.length > 0 ? `synced ${stale.join(', ')}` : 'the chart is up to date');
  }
}
