import type { Decoded } from '../wire/chat-call.ts';

/** Collects what is wrong with a caller's body while it is decoded; the first problem is the one told. */
export class Problems {
  private first: { readonly message: string; readonly param: string } | undefined;

  /** @param param the field in the caller's spelling, e.g. `messages[2].role` */
  add(param: string, message: string): void {
    this.first ??= { param, message: `${param}: ${message}` };
  }

  /** The value, unless something was wrong. */
  result<T>(value: T): Decoded<T> {
    return this.first === undefined ? { type: 'ok', value } : { type: 'invalid', ...this.first };
  }
}
