import type { JsonObject } from '../../wire/json.ts';

/**
 * How pieces are put into a stream: as server-sent events with `alt=sse`, else as the elements of one JSON array. In
 * both Google ends lines with CRLF.
 */
export class StreamFraming {
  private readonly kind: 'sse' | 'json-array';
  private begun = false;

  constructor(kind: 'sse' | 'json-array') {
    this.kind = kind;
  }

  frame(piece: JsonObject): string {
    return this.kind === 'sse' ? `data: ${JSON.stringify(piece)}\r\n\r\n` : this.element(piece);
  }

  /** There is no end marker; the array has to be closed. */
  end(): string {
    if (this.kind === 'sse') return '';
    return this.begun ? ']' : '[]';
  }

  /** In an event stream Google writes errors without `data:`, and its SDKs look for exactly that. */
  fail(error: JsonObject): string {
    return this.kind === 'sse' ? `${JSON.stringify(error)}\r\n\r\n` : `${this.element(error)}]`;
  }

  private element(piece: JsonObject): string {
    const opening = this.begun ? ',\r\n' : '[';
    this.begun = true;
    return opening + JSON.stringify(piece);
  }
}
