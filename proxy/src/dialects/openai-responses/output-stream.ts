import type { Json, JsonObject } from '../../wire/json.ts';

/** The numbering of events and output items that all parts of one streamed response share. */
export class OutputStream {
  private sequence = 0;
  private readonly finished: (JsonObject | undefined)[] = [];

  event(type: string, members: { readonly [name: string]: Json }): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.sequence++, ...members })}\n\n`;
  }

  get count(): number {
    return this.finished.length;
  }

  /** Output index of the next item. */
  reserve(): number {
    return this.finished.push(undefined) - 1;
  }

  finish(index: number, item: JsonObject): string {
    this.finished[index] = item;
    return this.event('response.output_item.done', { output_index: index, item });
  }

  get items(): readonly JsonObject[] {
    return this.finished.filter((item) => item !== undefined);
  }
}
