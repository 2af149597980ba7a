import type { JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { tagOpaque } from '../opaque-text.ts';
import { inChoice, plainReasoning } from './choice-events.ts';
import { isOurs } from './reasoning-details.ts';

/** Members of an entry that come in pieces. */
const PIECES = ['text', 'summary', 'data', 'signature'] as const;
const MAX_ENTRIES = 1000;

/**
 * Reasoning of one streamed choice: plain text as it comes, and `reasoning_details` (OpenRouter), whose entries arrive
 * in pieces with the same index. Anthropic's signatures and blobs are given at once; entries of other makes are put
 * together and given at the end, as one opaque block each.
 */
export class ReasoningTracker {
  private readonly choice: number;
  private readonly entries = new Map<number, JsonObject>();
  /** The block under way is told as plain text: its details only repeat it. */
  private toldPlain = false;

  constructor(choice: number) {
    this.choice = choice;
  }

  push(delta: JsonObject): StreamEvent[] {
    const plain = plainReasoning(delta);
    const events: StreamEvent[] = [];
    if (plain !== undefined && plain !== '') {
      this.toldPlain = true;
      events.push({ type: 'reasoning-delta', text: plain, ...inChoice(this.choice) });
    }
    for (const item of asArray(delta['reasoning_details']) ?? []) {
      const entry = asObject(item);
      if (entry !== undefined) events.push(...this.detail(entry));
    }
    return events;
  }

  /** Opaque entries of other makes, whole. */
  end(): StreamEvent[] {
    const whole = [...this.entries.values()].filter((entry) => entry['type'] !== 'reasoning.text' || entry['signature'] !== undefined);
    this.entries.clear();
    return whole.map((entry) => ({ type: 'redacted-reasoning', data: tagOpaque('openai-chat', entry) }));
  }

  private detail(entry: JsonObject): StreamEvent[] {
    const text = asString(entry['text']) ?? '';
    const events: StreamEvent[] = [];
    if (!this.toldPlain && text !== '') events.push({ type: 'reasoning-delta', text, ...inChoice(this.choice) });
    if (!isOurs(entry)) {
      this.merge(entry);
      return events;
    }
    const signature = asString(entry['signature']) ?? '';
    const data = asString(entry['data']) ?? '';
    if (signature !== '') {
      this.toldPlain = false;
      events.push({ type: 'reasoning-signature', signature });
    }
    if (data !== '') events.push({ type: 'redacted-reasoning', data });
    return events;
  }

  private merge(entry: JsonObject): void {
    const index = asNumber(entry['index']) ?? this.entries.size;
    const before = this.entries.get(index);
    if (before === undefined && this.entries.size >= MAX_ENTRIES) return;
    const merged: Record<string, JsonObject[string]> = { ...before, ...entry };
    for (const name of PIECES) {
      const earlier = asString(before?.[name]);
      const piece = asString(entry[name]);
      if (earlier !== undefined) merged[name] = earlier + (piece ?? '');
    }
    this.entries.set(index, merged);
  }
}
