import type { Json, JsonObject } from '../../wire/json.ts';
import type { OutputStream } from './output-stream.ts';
import { messageItem, reasoningItem } from './response-object.ts';

export type TextKind = 'text' | 'refusal' | 'reasoning';

/** Names of the events of one kind of text. */
const EVENTS = {
  text: { part: 'response.content_part', delta: 'response.output_text.delta', done: 'response.output_text.done' },
  refusal: { part: 'response.content_part', delta: 'response.refusal.delta', done: 'response.refusal.done' },
  reasoning: {
    part: 'response.reasoning_summary_part',
    delta: 'response.reasoning_summary_text.delta',
    done: 'response.reasoning_summary_text.done',
  },
} as const;

/** An output item that is text: a message with one part, or reasoning with one summary. */
export class TextStream {
  readonly kind: TextKind;
  private readonly id: string;
  private readonly output: OutputStream;
  private readonly index: number;
  private text = '';

  constructor(kind: TextKind, id: string, output: OutputStream) {
    this.kind = kind;
    this.id = id;
    this.output = output;
    this.index = output.reserve();
  }

  begin(): string {
    const item =
      this.kind === 'reasoning'
        ? { id: this.id, type: 'reasoning', summary: [] }
        : { id: this.id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
    const added = this.output.event('response.output_item.added', { output_index: this.index, item });
    return added + this.output.event(`${EVENTS[this.kind].part}.added`, { ...this.place(), part: this.part() });
  }

  delta(text: string): string {
    this.text += text;
    return this.output.event(EVENTS[this.kind].delta, { ...this.place(), delta: text, ...this.logprobs() });
  }

  /** @param state for reasoning: what has to come back */
  close(state: JsonObject): string {
    const whole = this.kind === 'refusal' ? { refusal: this.text } : { text: this.text, ...this.logprobs() };
    const done = this.output.event(EVENTS[this.kind].done, { ...this.place(), ...whole });
    const partDone = this.output.event(`${EVENTS[this.kind].part}.done`, { ...this.place(), part: this.part() });
    const item = this.kind === 'reasoning' ? reasoningItem(this.id, this.text, state) : messageItem(this.id, this.part());
    return done + partDone + this.output.finish(this.index, item);
  }

  private place(): Record<string, Json> {
    const place = { item_id: this.id, output_index: this.index };
    return this.kind === 'reasoning' ? { ...place, summary_index: 0 } : { ...place, content_index: 0 };
  }

  private part(): JsonObject {
    if (this.kind === 'reasoning') return { type: 'summary_text', text: this.text };
    if (this.kind === 'refusal') return { type: 'refusal', refusal: this.text };
    return { type: 'output_text', text: this.text, annotations: [] };
  }

  private logprobs(): Record<string, Json> {
    return this.kind === 'text' ? { logprobs: [] } : {};
  }
}
