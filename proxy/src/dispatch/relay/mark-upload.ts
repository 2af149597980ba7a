import type { IncomingMessage } from 'node:http';
import { formBoundary } from '../../wire/multipart-form.ts';
import { findFileName } from './find-file-name.ts';
import { fileNamePrefix } from './owner-marks.ts';

/** The fields before a file are short. Of a form whose file comes later the name stays as it is. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Of one that stays away for longer as well: from then on the times of its provider hold. */
const MAX_HEAD_MS = 30_000;

/**
 * Puts the owner's mark in front of the name of the file that is uploaded, in the first bytes of a form: everything behind
 * them is still to be read, and is not touched.
 * @returns how many bytes the body has become longer
 */
export async function markUpload(request: IncomingMessage, mark: string, maxHeadMs: number = MAX_HEAD_MS): Promise<number> {
  const boundary = formBoundary(request.headers['content-type']);
  if (boundary === undefined) return 0;
  const { head, places } = await readHead(request, boundary, AbortSignal.timeout(maxHeadMs));
  if (head.length === 0 || request.destroyed) return 0;
  const marked = withPrefix(head, places, Buffer.from(fileNamePrefix(mark)));
  request.unshift(marked);
  return marked.length - head.length;
}

function withPrefix(head: Buffer, places: readonly number[], prefix: Buffer): Buffer {
  const ends = [...places, head.length];
  return Buffer.concat([head.subarray(0, ends[0]), ...places.flatMap((place, i) => [prefix, head.subarray(place, ends[i + 1])])]);
}

interface FormHead {
  readonly head: Buffer;
  /** Where the name of its file is. */
  readonly places: readonly number[];
}

/** The beginning of a body, up to the name of its file where it has one. What it returns was read, and can be put back at once. */
async function readHead(request: IncomingMessage, boundary: string, late: AbortSignal): Promise<FormHead> {
  const pieces: Buffer[] = [];
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    const piece = request.read() as Buffer | null;
    if (piece !== null) {
      pieces.push(piece);
      head = Buffer.concat(pieces);
    }
    const places = findFileName(head.subarray(0, MAX_HEAD_BYTES), boundary) ?? [];
    // At its end a body must be put back before the stream tells its end, which is in the next tick.
    const over = head.length >= MAX_HEAD_BYTES || request.complete || request.destroyed || late.aborted;
    if (places.length > 0 || over) return { head, places };
    await moreOf(request, late);
  }
}

const NEWS = ['readable', 'end', 'close', 'error'] as const;

function moreOf(request: IncomingMessage, late: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const onNews = (): void => {
      for (const name of NEWS) request.off(name, onNews);
      late.removeEventListener('abort', onNews);
      resolve();
    };
    for (const name of NEWS) request.on(name, onNews);
    late.addEventListener('abort', onNews);
  });
}
