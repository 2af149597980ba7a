import { expect, test } from '@jest/globals';
import { runCommand } from './run-command.ts';

test('a failing command is a value with its output', async () => {
  expect(await runCommand('sh', ['-c', 'cat; echo oops >&2; exit 3'], { input: 'hello' })).toEqual({
    code: 3,
    stdout: 'hello',
    stderr: 'oops\n',
  });
});

test('a command that cannot be started throws', async () => {
  await expect(runCommand('/no/such/command', [])).rejects.toThrow('ENOENT');
});
