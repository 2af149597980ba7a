import { connect, type Socket } from 'node:net';

/** A caller on a bare socket, for what no HTTP client would send. */
export class RawCaller {
  readonly socket: Socket;
  readonly #closed: Promise<void>;
  #received = '';
  #waiters: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#received += bytes.toString('latin1');
      this.#wake();
    });
    socket.on('error', () => {});
    this.#closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve();
        this.#wake();
      });
      socket.on('end', () => {
        if (!socket.writableEnded) socket.end();
      });
    });
  }

  static async connect(port: number): Promise<RawCaller> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawCaller(socket);
  }

  get received(): string {
    return this.#received;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Resolves once `text` has been received, or the connection closed. */
  async receives(text: string): Promise<string> {
    while (!this.#received.includes(text) && !this.socket.closed) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return this.#received;
  }

  /** Everything received by the time the other side closed. */
  async untilClosed(): Promise<string> {
    await this.#closed;
    return this.#received;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

/** An HTTP/1.1 request as text, with a content-length that fits. */
export function requestText(path: string, body: string, headers: readonly string[] = []): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: proxy.test',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
