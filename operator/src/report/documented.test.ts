import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { OperatorMetrics } from './operator-metrics.ts';

test('docs/metrics.md lists the metrics of the operator, each with its type and labels', async () => {
  const metrics = new OperatorMetrics();
  metrics.readWatchAgeFrom(() => 0);
  const served = await metrics.registry.getMetricsAsJSON();
  const own = served.filter(({ name }) => name.startsWith('headgate_')).map(({ name, type }) => `${name} ${String(type)}`);
  const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const [, section = ''] = text.split('\n# Metrics of the operator\n');
  const rows = [...section.matchAll(/^\| `([^`]+)` \| (\w+) \| ([^|]*)\|/gm)];
  expect(rows.map(([, name, type]) => `${name} ${type}`).sort()).toEqual([...own].sort());
  for (const [, name = '', , labels = ''] of rows) {
    const metric: unknown = metrics.registry.getSingleMetric(name);
    const names = typeof metric === 'object' && metric !== null && 'labelNames' in metric ? metric.labelNames : undefined;
    expect([name, [...labels.matchAll(/`([^`]+)`/g)].map((match) => match[1])]).toEqual([name, names]);
  }
});
