import { ByteBuffer } from '../../wire/byte-buffer.ts';
import { MAX_EVENT_BYTES, type ParsedSseEvent, type SseCeilings, type SsePush } from '../../wire/sse-parser.ts';
import type { StreamParser } from '../../wire/stream-parser.ts';

const DEFAULT_CEILINGS: Pick<SseCeilings, 'lineBytes'> = { lineBytes: MAX_EVENT_BYTES };
const LF = 10;

/** Cuts a stream into its lines, each an event; blank lines are none. */
export class NdjsonParser implements StreamParser {
  private readonly lineBytes: number;
  /** A line whose end has not come yet. */
  private readonly held: ByteBuffer;
  private consumedBytes = 0;
  private failure: SsePush | undefined;

  constructor(ceilings: Pick<SseCeilings, 'lineBytes'> = DEFAULT_CEILINGS) {
    this.lineBytes = ceilings.lineBytes;
    this.held = new ByteBuffer(ceilings.lineBytes);
  }

  push(chunk: Uint8Array): SsePush {
    if (this.failure !== undefined) return this.failure;
    const events: ParsedSseEvent[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.hold(chunk.subarray(start, end));
      if (this.failure !== undefined) return this.failure;
      start = end + 1;
      this.line(this.consumedBytes + start, events);
    }
    this.hold(chunk.subarray(start));
    this.consumedBytes += chunk.length;
    return this.failure ?? { type: 'events', events };
  }

  /** The last line, when nothing ended it. */
  end(): SsePush {
    if (this.failure !== undefined) return this.failure;
    const events: ParsedSseEvent[] = [];
    this.line(this.consumedBytes, events);
    return { type: 'events', events };
  }

  private line(endOffset: number, events: ParsedSseEvent[]): void {
    const data = this.held.take().trim();
    if (data !== '') events.push({ event: '', data, endOffset });
  }

  private hold(piece: Uint8Array): void {
    if (!this.held.add(piece)) this.failure = { type: 'too-large', part: 'line', limitBytes: this.lineBytes };
  }
}
