import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';

const SCRIPT = `
import { outliveReaders } from ${JSON.stringify(new URL('./outlive-readers.ts', import.meta.url).href)};
outliveReaders(process.stdout, process.stderr);
let unheard = 0;
process.on('uncaughtException', (error) => { unheard += 1; console.log(error); });
console.log('started');
process.on('message', () => {
  for (let line = 0; line < 10; line++) console.log('a line that nobody reads');
  setTimeout(() => process.send(unheard), 50);
});
`;

test('a process whose output nobody reads any more goes on, without an uncaught error', async () => {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('no pipe to read from');
  try {
    await once(stdout, 'data');
    stdout.destroy();
    await once(stdout, 'close');
    child.send('go');
    expect((await once(child, 'message'))[0]).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});
