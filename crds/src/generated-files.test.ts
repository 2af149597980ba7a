import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('what is generated from manifests, schemas and catalogue is up to date', () => {
  const script = new URL('../scripts/generate.ts', import.meta.url).pathname;
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
}, 60_000);
