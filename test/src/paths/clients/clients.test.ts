import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ClientBench } from './client-bench.ts';
import type { ClientCase } from './client-suite.ts';
import { MatrixRecord } from './matrix-record.ts';
import { SUITES } from './suites.ts';
import { type ScriptedDialectId, UPSTREAMS } from './upstreams/upstreams.ts';

/** The clients as they are published, each against a provider of every dialect, through two proxies in turn. */

const DIALECT_IDS = Object.keys(UPSTREAMS) as readonly ScriptedDialectId[];
const DOCUMENT = join(import.meta.dirname, '../../../../docs/dialects.md');
const BEGIN = '<!-- clients:begin -->\n';
const END = '<!-- clients:end -->';

const record = new MatrixRecord();
const fetched = globalThis.fetch;

beforeAll(() => {
  // The Vercel AI SDK would tell of every model that it has not heard of.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  // Clients hand out no headers in most of their interfaces: what was lost is read on the way.
  globalThis.fetch = async (...request) => {
    const response = await fetched(...request);
    record.noteLosses(response.headers.get('x-headgate-loss'));
    return response;
  };
});

afterAll(() => {
  globalThis.fetch = fetched;
  process.stdout.write(`\n${record.table()}\n`);
});

describe.each(DIALECT_IDS)('against a provider of %s', (dialect) => {
  let bench: ClientBench;

  beforeAll(async () => {
    bench = await ClientBench.start(dialect);
  });

  afterAll(() => bench.close());

  describe.each(SUITES)('$client', ({ client, cases }) => {
    test.each(cases)('$title', async (each) => {
      record.begin(client, dialect, each.title);
      record.end(await outcomeOf(each, bench));
    });
  });
});

async function outcomeOf(each: ClientCase, bench: ClientBench): Promise<'passed' | 'refused'> {
  if (each.refused?.by.includes(bench.dialect) !== true) {
    await each.run(bench);
    return 'passed';
  }
  await expect(each.run(bench)).rejects.toThrow(each.refused.pattern);
  return 'refused';
}

test('docs/dialects.md shows how every client fares with every dialect', () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  const begin = document.indexOf(BEGIN) + BEGIN.length;
  const end = document.indexOf(END);
  expect(end).toBeGreaterThanOrEqual(begin);
  const expected = `\n${record.table()}\n`;
  if (process.env['HEADGATE_UPDATE_GOLDEN'] === '1') writeFileSync(DOCUMENT, document.slice(0, begin) + expected + document.slice(end));
  else if (record.isWhole(SUITES, DIALECT_IDS)) expect(document.slice(begin, end)).toBe(expected);
});
