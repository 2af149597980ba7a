import type { OutputStream } from './output-stream.ts';
import { callItem } from './response-object.ts';

/** An output item that is a call. Stays open to the end: providers may send pieces of several calls in turn. */
export class CallStream {
  private readonly call: { readonly id: string; readonly name: string };
  private readonly id: string;
  private readonly output: OutputStream;
  private readonly index: number;
  private argumentsJson = '';

  constructor(call: { readonly id: string; readonly name: string }, id: string, output: OutputStream) {
    this.call = call;
    this.id = id;
    this.output = output;
    this.index = output.reserve();
  }

  begin(): string {
    const item = { ...callItem(this.id, this.call, ''), status: 'in_progress' };
    return this.output.event('response.output_item.added', { output_index: this.index, item });
  }

  delta(text: string): string {
    if (text === '') return '';
    this.argumentsJson += text;
    return this.output.event('response.function_call_arguments.delta', { item_id: this.id, output_index: this.index, delta: text });
  }

  /** A whole call without arguments gets `{}`; one that the limit cut off is left as it is. */
  close(truncated: boolean): string {
    const filled = this.argumentsJson === '' && !truncated ? this.delta('{}') : '';
    const done = this.output.event('response.function_call_arguments.done', {
      item_id: this.id,
      output_index: this.index,
      name: this.call.name,
      arguments: this.argumentsJson,
    });
    return filled + done + this.output.finish(this.index, callItem(this.id, this.call, this.argumentsJson));
  }
}
