import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { JsonObject } from '../wire/json.ts';
import { DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';
import { spellLosses } from './spell-losses.ts';

const DOCUMENT = join(import.meta.dirname, '../../../docs/dialects.md');
const FIXTURES = join(import.meta.dirname, 'fixtures');
const BEGIN = '<!-- losses:begin -->\n';
const END = '<!-- losses:end -->';

/** Losses of every call fixture of one dialect on its way to another, as table rows without positions. */
function rows(from: keyof typeof DIALECTS, to: keyof typeof UPSTREAM_DIALECTS): string[] {
  const folder = join(FIXTURES, from, 'calls');
  const found = readdirSync(folder).flatMap((name) => {
    const decoded = DIALECTS[from].decodeCall(JSON.parse(readFileSync(join(folder, name), 'utf8')) as JsonObject);
    if (decoded.type === 'invalid') throw new Error(`${name}: ${decoded.message}`);
    const { losses } = UPSTREAM_DIALECTS[to].encodeCall(decoded.value, { model: 'provider-model', quirks: {}, maxOutputTokens: 8192 });
    return spellLosses(losses, from);
  });
  return [...new Set(found.map(({ field, reason }) => `| \`${field.replace(/\[\d+\]/g, '[]')}\` | ${reason} |`))].sort();
}

function table(): string {
  let text = '';
  for (const from of Object.keys(DIALECTS) as (keyof typeof DIALECTS)[]) {
    for (const to of Object.keys(UPSTREAM_DIALECTS) as (keyof typeof UPSTREAM_DIALECTS)[]) {
      const lost = from === to ? [] : rows(from, to);
      if (lost.length > 0) text += `\n### ${from} -> ${to}\n\n| field | why |\n|---|---|\n${lost.join('\n')}\n`;
    }
  }
  return text;
}

test('docs/dialects.md lists what every pair of dialects loses', () => {
  const document = readFileSync(DOCUMENT, 'utf8');
  const begin = document.indexOf(BEGIN) + BEGIN.length;
  const written = document.slice(begin, document.indexOf(END));
  const expected = `${table()}\n`;
  if (process.env['HEADGATE_UPDATE_GOLDEN'] === '1')
    writeFileSync(
      DOCUMENT,
      document.replace(written === '' ? BEGIN : written, () => (written === '' ? BEGIN + expected : expected)),
    );
  else expect(written).toBe(expected);
});
