import type { IncomingMessage } from 'node:http';

export type BodyOutcome =
  | { readonly type: 'Json'; readonly value: unknown }
  | { readonly type: 'TooLarge' }
  | { readonly type: 'Invalid'; readonly reason: string };

/** Reads a JSON body of at most `maxBytes`; reading stops at the first byte beyond. */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<BodyOutcome> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      const piece: unknown = chunk;
      if (!Buffer.isBuffer(piece)) continue;
      bytes += piece.length;
      if (bytes > maxBytes) return { type: 'TooLarge' };
      chunks.push(piece);
    }
    return { type: 'Json', value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch (error) {
    return { type: 'Invalid', reason: error instanceof Error ? error.message : String(error) };
  }
}
