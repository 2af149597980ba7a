import type { IncomingMessage } from 'node:http';
import { formBoundary } from '../../wire/multipart-form.ts';
import { fileNamePrefix } from './owner-marks.ts';

/** Where a form says how its file is called (RFC 7578 section 4.2). */
const FILE_NAME = Buffer.from('; filename="');
/** The fields before a file are short. Of a form whose file comes later the name stays as it is. */
const MAX_HEAD_BYTES = 16 * 1024;

/**
 * Puts the owner's mark in front of the name of the file that is uploaded, in the first bytes of a form: everything behind
 * them is still to be read, and is not touched.
 * @returns how many bytes the body has become longer
 */
export async function markUpload(request: IncomingMessage, mark: string): Promise<number> {
  if (formBoundary(request.headers['content-type']) === undefined) return 0;
  const head = await readHead(request);
  if (head.length === 0 || request.destroyed) return 0;
  const at = head.subarray(0, MAX_HEAD_BYTES).indexOf(FILE_NAME);
  const name = at + FILE_NAME.length;
  const marked = at < 0 ? head : Buffer.concat([head.subarray(0, name), Buffer.from(fileNamePrefix(mark)), head.subarray(name)]);
  request.unshift(marked);
  return marked.length - head.length;
}

/** The beginning of a body, up to the name of its file where it has one. What it returns was read, and can be put back at once. */
async function readHead(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    const piece = request.read() as Buffer | null;
    if (piece !== null) {
      pieces.push(piece);
      head = Buffer.concat(pieces);
    }
    // At its end a body must be put back before the stream tells its end, which is in the next tick.
    if (head.length >= MAX_HEAD_BYTES || head.includes(FILE_NAME) || request.complete || request.destroyed) return head;
    await moreOf(request);
  }
}

const NEWS = ['readable', 'end', 'close', 'error'] as const;

function moreOf(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const onNews = (): void => {
      for (const name of NEWS) request.off(name, onNews);
      resolve();
    };
    for (const name of NEWS) request.on(name, onNews);
  });
}
