import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NodeProcess } from './node-process.ts';
import { until } from './until.ts';

let folder: string;
let scripts = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-process-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function script(text: string): Promise<string> {
  scripts += 1;
  const path = join(folder, `script-${scripts}.mjs`);
  await writeFile(path, text);
  return path;
}

test('it keeps what was printed, and stops when asked', async () => {
  const path = await script(
    `console.log(process.argv[2], process.env.COLOUR); process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`,
  );
  const started = new NodeProcess('talker', path, ['hello'], { COLOUR: 'blue' });
  await until('its greeting', 10_000, async () => started.output.includes('hello blue'));
  expect(started.isRunning).toBe(true);
  await started.stop();
  expect(started.isRunning).toBe(false);
});

test('it can be killed', async () => {
  const started = new NodeProcess('sleeper', await script('setInterval(() => {}, 1000);'), [], {});
  await started.kill();
  expect(started.isRunning).toBe(false);
});
