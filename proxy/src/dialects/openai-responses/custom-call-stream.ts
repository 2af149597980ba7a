import { CustomInputReader } from '../custom-input-reader.ts';
import type { OutputStream } from './output-stream.ts';
import { customCallItem } from './response-object.ts';

/** An output item that is a call of a custom tool; as CallStream, with text in place of arguments. */
export class CustomCallStream {
  private readonly call: { readonly id: string; readonly name: string };
  private readonly id: string;
  private readonly output: OutputStream;
  private readonly index: number;
  private readonly reader = new CustomInputReader();
  private input = '';

  constructor(call: { readonly id: string; readonly name: string }, id: string, output: OutputStream) {
    this.call = call;
    this.id = id;
    this.output = output;
    this.index = output.reserve();
  }

  begin(): string {
    const item = { ...customCallItem(this.id, this.call, ''), status: 'in_progress' };
    return this.output.event('response.output_item.added', { output_index: this.index, item });
  }

  delta(argumentsJson: string): string {
    return this.tell(this.reader.push(argumentsJson));
  }

  close(): string {
    const rest = this.tell(this.reader.end());
    const place = { item_id: this.id, output_index: this.index };
    const done = this.output.event('response.custom_tool_call_input.done', { ...place, input: this.input });
    return rest + done + this.output.finish(this.index, customCallItem(this.id, this.call, this.input));
  }

  private tell(text: string): string {
    if (text === '') return '';
    this.input += text;
    return this.output.event('response.custom_tool_call_input.delta', { item_id: this.id, output_index: this.index, delta: text });
  }
}
