import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePorts } from './free-ports.ts';

test('a group with a port in use is passed over', async () => {
  const first = await freePorts(2, () => 0.5);
  const taken = createServer().listen(first + 1);
  await once(taken, 'listening');
  const draws = [0.5, 0.6];
  expect(await freePorts(2, () => draws.shift() ?? 0.7)).not.toBe(first);
  taken.close();
});
