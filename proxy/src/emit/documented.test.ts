import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CALLER_ERRORS } from '../wire/caller-error.ts';
import { ProxyMetrics } from './metrics.ts';

/** First cells of the tables in a document, without their backticks. */
function firstCells(file: string): readonly string[] {
  const [text = ''] = readFileSync(new URL(`../../../docs/${file}`, import.meta.url), 'utf8').split('\n# Metrics of the operator\n');
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');
}

test('docs/errors.md lists the codes that Headgate speaks, each with its status', () => {
  expect([...firstCells('errors.md')].sort()).toEqual(Object.keys(CALLER_ERRORS).sort());
  const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  for (const [code, { status }] of Object.entries(CALLER_ERRORS)) expect(text).toContain(`| \`${code}\` | ${status} |`);
});

test('docs/metrics.md lists the metrics of the proxy, each with its type and labels', async () => {
  const metrics = new ProxyMetrics();
  metrics.observeSources({
    requestsInFlight: () => 0,
    tableRevision: () => 0,
    tableResources: () => 0,
    tableStaleSeconds: () => 0,
    endpoints: () => [],
  });
  const own = (await metrics.registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('headgate_'));
  expect([...firstCells('metrics.md')].sort()).toEqual(own.map(({ name }) => name).sort());
  const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  for (const { name, type } of own) expect(text).toContain(`| \`${name}\` | ${String(type)} |`);
});
