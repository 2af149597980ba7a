import type { Loss } from '../wire/chat-call.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { asObject } from '../wire/read-json.ts';

/**
 * What a target cannot carry. One loss per kind of field and reason, at the place where it first occurs: fifty
 * cache_control marks are one thing to know, and fit into a header.
 */
export class Losses {
  private readonly byKind = new Map<string, Loss>();

  add(field: string, reason: string): void {
    this.keep({ field, reason });
  }

  /** For what makes the call another call when it is left out. */
  addFatal(field: string, reason: string): void {
    this.keep({ field, reason, fatal: true });
  }

  /** The members of `rest` that ask for something; defaults spelt out ask for nothing. */
  addRest(rest: JsonObject, reason: string): void {
    for (const [name, value] of Object.entries(rest)) {
      if (isNeutral(name, value)) continue;
      const state = STATE_AT_PROVIDER[name];
      if (state !== undefined) {
        this.addFatal(name, state);
        continue;
      }
      const inner = PARTLY_READ.has(name) ? asObject(value) : undefined;
      if (inner === undefined) this.add(name, reason);
      else this.addMembers(inner, name, reason);
    }
  }

  /** Members of a part that only another dialect understands. */
  addOpaque(fields: JsonObject, path: string, target: string): void {
    this.addMembers(fields, path, `${target} has no place for it`);
  }

  private addMembers(fields: JsonObject, path: string, reason: string): void {
    for (const [name, value] of Object.entries(fields)) {
      if (!isNeutral(name, value)) this.add(`${path}.${name}`, reason);
    }
  }

  get list(): readonly Loss[] {
    return [...this.byKind.values()];
  }

  private keep(loss: Loss): void {
    const kind = `${loss.field.replace(/\[\d+\]/g, '[]')} ${loss.reason}`;
    if (!this.byKind.has(kind)) this.byKind.set(kind, loss);
  }
}

/** Fields that refer to what a provider's server keeps: no other provider can look it up. */
const STATE_AT_PROVIDER: Readonly<Record<string, string>> = {
  previous_response_id: 'the conversation is kept at the provider that made the response; send the whole input instead',
  conversation: 'the conversation is kept at the provider; send the whole input instead',
  item_reference: 'the item is kept at the provider; send it whole instead (AI SDK: store: false)',
  prompt: 'the prompt is kept at the provider; send its text instead',
  thread: 'the conversation is kept at the provider; send all of its messages instead',
  background: 'this provider answers in the foreground only',
};

/** Objects of which decoders read some members; what is left in `rest` is the others. */
const PARTLY_READ = new Set([
  'thinking',
  'output_config',
  'metadata',
  'stream_options',
  'reasoning',
  'text',
  'generationConfig',
  'toolConfig',
]);

const MODALITIES = new Set(['modalities', 'responseModalities']);

function isNeutral(name: string, value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 'auto') return true;
  if (Array.isArray(value)) return value.length === 0 || (MODALITIES.has(name) && value.length === 1 && /^text$/i.test(String(value[0])));
  // What every provider shows of its reasoning.
  if (name === 'display' && value === 'summarized') return true;
  if (name === 'truncation' && value === 'disabled') return true;
  // Asked for by being there.
  if (name === 'web_search_options') return false;
  if (typeof value === 'object') return Object.keys(value).length === 0;
  return name === 'verbosity' && value === 'medium';
}
