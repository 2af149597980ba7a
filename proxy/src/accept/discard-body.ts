import type { IncomingMessage } from 'node:http';
import type { Deadline, DeadlineList } from '../support/deadlines.ts';

/** A caller that keeps sending what was refused is cut off after this long or this much. */
const LINGER_MS = 10_000;
const LINGER_BYTES = 256 * 1024 * 1024;

/**
 * Reads and drops the rest of a refused body. Closing at once would reset the connection while the caller still sends,
 * and the reset would destroy the answer on its way.
 */
export function discardBody(request: IncomingMessage, deadlines: DeadlineList): void {
  if (request.complete || request.destroyed) return;
  const deadline: Deadline = { dueAtMs: Number.POSITIVE_INFINITY, slot: -1, onDue: () => request.socket.destroy() };
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > LINGER_BYTES) request.socket.destroy();
  });
  request.on('close', () => deadlines.remove(deadline));
  request.on('error', () => {});
  deadlines.add(deadline);
  deadline.dueAtMs = deadlines.coarseNowMs + LINGER_MS;
  request.resume();
}
