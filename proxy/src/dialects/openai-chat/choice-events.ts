import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { picturesOf } from './pictures.ts';
import { reasoningParts } from './reasoning-details.ts';
import { thinkingText } from './thinking-part.ts';

/** Marks events of choices behind the first; the first is the default. */
export function inChoice(choice: number): { readonly choice?: number } {
  return choice > 0 ? { choice } : {};
}

/**
 * Text and refusal of a message or a delta. Content may be a list (Mistral's reasoning models, Claude at Databricks),
 * with reasoning in it, or, for JSON answers at Cloudflare, an object. Of an answer that is spoken, its transcript.
 */
export function contentEvents(message: JsonObject, choice: number): StreamEvent[] {
  const content = message['content'];
  const events: StreamEvent[] = [];
  if (typeof content === 'string') {
    if (content !== '') events.push({ type: 'text-delta', text: content, ...inChoice(choice) });
  } else {
    const list = asArray(content);
    if (list !== undefined) events.push(...list.flatMap((item) => contentItemEvents(item, choice)));
    else if (asObject(content) !== undefined) events.push({ type: 'text-delta', text: JSON.stringify(content), ...inChoice(choice) });
  }
  const transcript = asString(asObject(message['audio'])?.['transcript']);
  if (transcript !== undefined && transcript !== '') events.push({ type: 'text-delta', text: transcript, ...inChoice(choice) });
  if (message['images'] !== undefined)
    events.push(...picturesOf(message['images']).map((picture) => ({ ...picture, ...inChoice(choice) })));
  const refusal = asString(message['refusal']);
  if (refusal !== undefined && refusal !== '') events.push({ type: 'refusal-delta', text: refusal, ...inChoice(choice) });
  return events;
}

/** Reasoning of a whole message; for deltas see reasoning-tracker.ts. */
export function reasoningEvents(message: JsonObject, choice: number): StreamEvent[] {
  const plain = plainReasoning(message);
  const details = asArray(message['reasoning_details']) ?? [];
  return reasoningParts(plain, details).flatMap((part): StreamEvent[] => {
    if (part.type === 'redacted-reasoning') return [{ type: 'redacted-reasoning', data: part.data }];
    if (part.type !== 'reasoning') return [];
    const text: StreamEvent = { type: 'reasoning-delta', text: part.text, ...inChoice(choice) };
    return part.signature === undefined ? [text] : [text, { type: 'reasoning-signature', signature: part.signature }];
  });
}

/** Doubleword sends both members with the same text, so never join them. */
export function plainReasoning(message: JsonObject): string | undefined {
  return asString(message['reasoning_content']) ?? asString(message['reasoning']);
}

function contentItemEvents(item: Json, choice: number): StreamEvent[] {
  if (typeof item === 'string') return item === '' ? [] : [{ type: 'text-delta', text: item, ...inChoice(choice) }];
  const part = asObject(item) ?? {};
  const thought = thinkingText(part);
  if (thought !== undefined) {
    return thought === '' ? [] : [{ type: 'reasoning-delta', text: thought, ...inChoice(choice) }];
  }
  if (part['type'] === 'refusal') return [{ type: 'refusal-delta', text: asString(part['refusal']) ?? '', ...inChoice(choice) }];
  const text = asString(part['text']);
  return text === undefined || text === '' ? [] : [{ type: 'text-delta', text, ...inChoice(choice) }];
}
