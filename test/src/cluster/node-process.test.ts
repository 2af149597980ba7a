import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { NodeProcess } from './node-process.ts';
import { until } from './until.ts';

async function script(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'headgate-process-')), 'script.mjs');
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
