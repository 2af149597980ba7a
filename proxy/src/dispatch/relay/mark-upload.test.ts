import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { markUpload } from './mark-upload.ts';
import { fileNamePrefix } from './owner-marks.ts';

const FORM =
  '--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n';
const MARKED = FORM.replace('filename="', `filename="${fileNamePrefix('me')}`);
const TYPE = 'content-type: multipart/form-data; boundary=b\r\n';

let server: Server;
let maxHeadMs = 10_000;
let settle: (seen: { readonly added: number; readonly body: string }) => void = () => {};

beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      const added = await markUpload(request, 'me', maxHeadMs);
      // As later stages do: somewhat later, and by a pipe.
      await new Promise((resolve) => setImmediate(resolve));
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      response.end();
      settle({ added, body: Buffer.concat(pieces).toString('latin1') });
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What is read of a body that comes in these pieces, each in its own packet. */
async function send(head: string, pieces: readonly string[]): Promise<{ readonly added: number; readonly body: string }> {
  const seen = new Promise<{ readonly added: number; readonly body: string }>((resolve) => {
    settle = resolve;
  });
  const socket = connect({ port: (server.address() as AddressInfo).port, noDelay: true });
  socket.on('error', () => {});
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      socket.write(text, 'latin1', () => setTimeout(resolve, 2));
    });
  await write(`POST / HTTP/1.1\r\nhost: a\r\n${head}\r\n`);
  for (const piece of pieces) await write(piece);
  const result = await seen;
  socket.destroy();
  return result;
}

const sized = (body: string): string => `content-length: ${body.length}\r\n`;
const added = MARKED.length - FORM.length;

describe('markUpload', () => {
  const body = `${FORM}${'x'.repeat(100_000)}; filename="y"\r\n--b--`;
  const at = FORM.indexOf('filename') + 4;

  test.each([
    ['at once', [body]],
    ['cut in the middle of the name', [body.slice(0, at), body.slice(at)]],
    ['byte by byte', [...FORM, body.slice(FORM.length)]],
  ])('marks the first name of a form that comes %s, and leaves everything behind it alone', async (_how, pieces) => {
    expect(await send(TYPE + sized(body), pieces)).toEqual({ added, body: MARKED + body.slice(FORM.length) });
  });

  test('a form of unknown length is marked as well', async () => {
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    expect(await send(`${TYPE}transfer-encoding: chunked\r\n`, [chunk(FORM), '0\r\n\r\n'])).toEqual({ added, body: MARKED });
    const plain = FORM.replace('filename', 'nothing');
    expect(await send(`${TYPE}transfer-encoding: chunked\r\n`, [chunk(plain), '0\r\n\r\n'])).toEqual({ added: 0, body: plain });
  });

  test('a form whose name does not come goes on without a mark after a while', async () => {
    maxHeadMs = 20;
    const [first, rest] = [FORM.slice(0, at), FORM.slice(at)];
    const sent = send(TYPE + sized(FORM), [first, ...Array.from({ length: 40 }, () => ''), rest]);
    expect(await sent).toEqual({ added: 0, body: FORM });
    maxHeadMs = 10_000;
  });

  test('without a name among its first bytes, or no form at all, a body stays what it is', async () => {
    const nameless = FORM.replace('filename', 'nothing');
    const late = `${'x'.repeat(40_000)}${FORM}`;
    for (const text of [nameless, late, 'x', '']) expect(await send(TYPE + sized(text), [text])).toEqual({ added: 0, body: text });
    expect(await send(sized(FORM), [FORM])).toEqual({ added: 0, body: FORM });
  });
});
