import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of buffers that are really held, garbage collected first. */
export function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  // Buffers are freed behind the back of the first collection; the second waits for that to end.
  collect();
  return process.memoryUsage().arrayBuffers;
}
