import type { EventEmitter } from 'node:events';

/**
 * Lets the process go on when whoever read its output has gone (`headgate dev | head`). Unheard, that error is an uncaught
 * one, which is logged, which is the same error again, without end.
 */
export function outliveReaders(...outputs: readonly EventEmitter[]): void {
  for (const output of outputs) output.on('error', () => undefined);
}
