import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455 section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CLOSE = 8;

/** One session as the provider has it. */
export interface UpstreamSession {
  readonly request: IncomingMessage;
  /** Text messages received. */
  readonly received: string[];
  /** Settles when the connection has closed, with the time (monotonic ms) at which it did. */
  readonly closed: Promise<number>;
  send(text: string): void;
  end(): void;
}

/** A provider of realtime sessions on a bare WebSocket server: no library between the test and the bytes. */
export class RealtimeUpstream {
  readonly sessions: UpstreamSession[] = [];
  /** HTTP answer instead of a session. */
  refusal: string | undefined;
  onMessage: (text: string, session: UpstreamSession) => void = () => {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<RealtimeUpstream> {
    const server = createServer((_request, response) => void response.writeHead(404).end());
    const upstream = new RealtimeUpstream(server);
    server.on('upgrade', (request, socket) => upstream.#accept(request, socket));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return upstream;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  get last(): UpstreamSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('no session was opened');
    return session;
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.end();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(request: IncomingMessage, socket: Duplex): void {
    socket.on('error', () => {});
    // Upgraded sockets of node's server are half-open ones.
    socket.on('end', () => socket.end());
    if (this.refusal !== undefined) {
      socket.end(this.refusal);
      return;
    }
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${HANDSHAKE_GUID}`).digest('base64');
    const protocol = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim();
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n${
        protocol === undefined ? '' : `sec-websocket-protocol: ${protocol}\r\n`
      }\r\n`,
    );
    const closed = new Promise<number>((resolve) => {
      socket.on('close', () => resolve(performance.now()));
    });
    const session: UpstreamSession = {
      request,
      received: [],
      closed,
      send: (text) => void socket.write(textFrame(text)),
      end: () => void socket.destroy(),
    };
    this.sessions.push(session);
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let frame = takeFrame(bytes); frame !== undefined; frame = takeFrame(bytes)) {
        bytes = bytes.subarray(frame.length);
        if (frame.opcode === CLOSE) socket.end(Buffer.from([0x88, 0]));
        else {
          session.received.push(frame.text);
          this.onMessage(frame.text, session);
        }
      }
    });
  }
}

function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

/** The first whole masked frame of less than 64 KiB in `bytes`. */
function takeFrame(bytes: Buffer): { readonly length: number; readonly opcode: number; readonly text: string } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const head = short === 126 ? 4 : 2;
  if (bytes.length < head + 4) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  const length = head + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(head, head + 4);
  const payload = Buffer.from(bytes.subarray(head + 4, length)).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return { length, opcode: (bytes[0] ?? 0) & 0x0f, text: Buffer.from(payload).toString('utf8') };
}
