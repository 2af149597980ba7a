import type { JsonObject } from '../../wire/json.ts';
import { asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { CustomInputWriter } from '../custom-input-writer.ts';
import { opaqueFor } from '../opaque.ts';
import { inChoice } from './choice-events.ts';
import { argumentsText } from './decode-messages.ts';

interface TrackedCall {
  readonly index: number;
  readonly key: number | undefined;
  id: string | undefined;
  name: string;
  started: boolean;
  /** Arguments that came before the name. */
  pending: string;
  opaque: JsonObject;
  /** Set for a custom tool's call. */
  input: CustomInputWriter | undefined;
}

/** No model makes as many; the tracker's memory has to end somewhere. */
const MAX_CALLS = 1000;

/**
 * Tool calls of one choice, from pieces as providers send them: by index; whole in one piece; without an index
 * (Mistral, Gemini's OpenAI layer); several calls under one index; without an id; the name after the id.
 */
export class ToolCallTracker {
  private readonly choice: number;
  private readonly calls: TrackedCall[] = [];
  private readonly ids = new Set<string>();

  constructor(choice: number) {
    this.choice = choice;
  }

  get seen(): boolean {
    return this.calls.length > 0;
  }

  /** @param answerId makes ids for calls that came without one unique among answers */
  push(piece: JsonObject, answerId: string): StreamEvent[] {
    const custom = asObject(piece['custom']);
    const made = custom ?? asObject(piece['function']) ?? {};
    const name = asString(made['name']) ?? '';
    const id = asString(piece['id']) || undefined;
    if (this.calls.length >= MAX_CALLS)
      return [{ type: 'error', error: { message: `more than ${MAX_CALLS} tool calls in one answer`, code: 'malformed' } }];
    const known = this.find(asNumber(piece['index']), id, name);
    // Other dialects tell one call after the other: what a new one begins behind is over.
    const closing = known === undefined ? this.end() : [];
    const call = known ?? this.open(asNumber(piece['index']), id);
    if (call.name === '') call.name = name;
    if (custom !== undefined) call.input ??= new CustomInputWriter();
    const { id: _id, index: _index, type: _type, function: _function, custom: _custom, ...extra } = piece;
    call.opaque = { ...call.opaque, ...extra };
    const text = call.input === undefined ? argumentsText(made['arguments']) : writeInput(call.input, asString(made['input']));
    if (call.started) return text === '' ? [] : [this.delta(call, text)];
    call.pending += text;
    if (call.name === '') return closing;
    call.started = true;
    const start = this.start(call, answerId);
    return [...closing, start, ...(call.pending === '' ? [] : [this.delta(call, call.pending)])];
  }

  /** What is still missing from the arguments of custom tools' calls. */
  end(): StreamEvent[] {
    return this.calls.flatMap((call) => {
      const rest = call.started ? (call.input?.end() ?? '') : '';
      return rest === '' ? [] : [this.delta(call, rest)];
    });
  }

  private find(index: number | undefined, id: string | undefined, name: string): TrackedCall | undefined {
    const last = this.calls.at(-1);
    const current =
      index === undefined
        ? (this.calls.find((call) => id !== undefined && call.id === id) ?? last)
        : this.calls.findLast((call) => call.key === index);
    if (current === undefined) return undefined;
    const otherId = id !== undefined && current.id !== undefined && id !== current.id;
    // A second name is a second call, unless it is the same one repeated.
    const secondName = name !== '' && current.started && (index === undefined ? id === undefined || otherId : otherId);
    return otherId || secondName ? undefined : current;
  }

  private open(key: number | undefined, id: string | undefined): TrackedCall {
    const call: TrackedCall = { index: this.calls.length, key, id, name: '', started: false, pending: '', opaque: {}, input: undefined };
    this.calls.push(call);
    return call;
  }

  private start(call: TrackedCall, answerId: string): StreamEvent {
    let id = call.id ?? `call_${answerId.replace(/[^A-Za-z0-9_-]/g, '_')}_${call.index}`;
    if (this.ids.has(id)) id = `${id}_${call.index}`;
    this.ids.add(id);
    const opaque = opaqueFor('openai-chat', call.opaque);
    return { type: 'tool-call-start', index: call.index, id, name: call.name, ...inChoice(this.choice), ...(opaque && { opaque }) };
  }

  private delta(call: TrackedCall, argumentsJson: string): StreamEvent {
    return { type: 'tool-call-delta', index: call.index, argumentsJson, ...inChoice(this.choice) };
  }
}

function writeInput(input: CustomInputWriter, text: string | undefined): string {
  return text === undefined || text === '' ? '' : input.push(text);
}
