import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deadline, DeadlineList } from '../support/deadlines.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { RequestHead } from './request-head.ts';

export interface BodyContext {
  readonly maxBodyBytes: number;
  /** From the head to the last byte of the body. */
  readonly bodyTimeoutMs: number;
  readonly deadlines: DeadlineList;
}

export type ReadBody =
  | { readonly type: 'ok'; readonly bytes: Buffer }
  | { readonly type: 'refused'; readonly error: CallerError }
  /** The caller went away before the body was complete. */
  | { readonly type: 'gone' };

const EMPTY = Buffer.alloc(0);

/** Collects a request body of bounded size and duration. Never rejects. What follows a refusal is left unread. */
export function readBody(request: IncomingMessage, response: ServerResponse, head: RequestHead, context: BodyContext): Promise<ReadBody> {
  if (head.contentLength > context.maxBodyBytes) return Promise.resolve(tooLarge(context.maxBodyBytes));
  if (head.expect !== undefined) response.writeContinue();
  return new Promise((resolve) => new BodyReader(request, context, resolve));
}

class BodyReader implements Deadline {
  readonly dueAtMs: number;
  slot: number = -1;
  readonly #request: IncomingMessage;
  readonly #context: BodyContext;
  #resolve: ((body: ReadBody) => void) | undefined;
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;
  #size = 0;

  constructor(request: IncomingMessage, context: BodyContext, resolve: (body: ReadBody) => void) {
    this.#request = request;
    this.#context = context;
    this.#resolve = resolve;
    context.deadlines.add(this);
    this.dueAtMs = context.deadlines.coarseNowMs + context.bodyTimeoutMs;
    request.on('data', (chunk: Buffer) => this.#onData(chunk));
    request.on('end', () => this.#settle({ type: 'ok', bytes: this.#bytes() }));
    request.on('close', () => this.#settle({ type: 'gone' }));
  }

  onDue(): void {
    const seconds = Math.round(this.#context.bodyTimeoutMs / 1000);
    this.#settle({ type: 'refused', error: callerError('body_timeout', `The request body did not arrive within ${seconds} s.`) });
  }

  #onData(chunk: Buffer): void {
    if (this.#resolve === undefined) return;
    this.#size += chunk.length;
    if (this.#size > this.#context.maxBodyBytes) {
      this.#settle(tooLarge(this.#context.maxBodyBytes));
    } else if (this.#first === undefined) {
      this.#first = chunk;
    } else {
      this.#rest ??= [this.#first];
      this.#rest.push(chunk);
    }
  }

  #bytes(): Buffer {
    if (this.#rest !== undefined) return Buffer.concat(this.#rest, this.#size);
    return this.#first ?? EMPTY;
  }

  #settle(body: ReadBody): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    this.#resolve = undefined;
    this.#first = undefined;
    this.#rest = undefined;
    this.#context.deadlines.remove(this);
    if (body.type === 'refused') this.#request.pause();
    resolve(body);
  }
}

function tooLarge(maxBodyBytes: number): ReadBody {
  return { type: 'refused', error: callerError('body_too_large', `The request body is larger than ${maxBodyBytes} bytes.`) };
}
