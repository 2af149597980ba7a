import type { JsonObject } from '../../wire/json.ts';
import { asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
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
    const made = asObject(piece['function']) ?? {};
    const name = asString(made['name']) ?? '';
    const id = asString(piece['id']) || undefined;
    if (this.calls.length >= MAX_CALLS)
      return [{ type: 'error', error: { message: `more than ${MAX_CALLS} tool calls in one answer`, code: 'malformed' } }];
    const call = this.find(asNumber(piece['index']), id, name) ?? this.open(asNumber(piece['index']), id);
    if (call.name === '') call.name = name;
    const { id: _id, index: _index, type: _type, function: _function, ...extra } = piece;
    call.opaque = { ...call.opaque, ...extra };
    const text = argumentsText(made['arguments']);
    if (call.started) return text === '' ? [] : [this.delta(call, text)];
    call.pending += text;
    if (call.name === '') return [];
    call.started = true;
    const start = this.start(call, answerId);
    return call.pending === '' ? [start] : [start, this.delta(call, call.pending)];
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
    const call: TrackedCall = { index: this.calls.length, key, id, name: '', started: false, pending: '', opaque: {} };
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
