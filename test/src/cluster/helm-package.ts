/** Lints the chart strictly and packages it into build/; run by `make chart`. */
import { fileURLToPath } from 'node:url';
import { CHART, runHelm } from './render-chart.ts';

const BUILD = fileURLToPath(new URL('../../../build', import.meta.url));

for (const args of [
  ['lint', '--strict', CHART],
  ['package', CHART, '--destination', BUILD],
]) {
  const { code, stdout, stderr } = await runHelm(args);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (code !== 0) process.exit(code);
}
