import { FactsBuilder } from '../dialects/facts-builder.ts';
import type { ChatFacts } from '../wire/chat-facts.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { asArray, asObject, asString } from '../wire/read-json.ts';

/** Facts of a call whose input is text under these keys: strings, lists of them, parts with `text`, or tokens. */
export function textFacts(body: JsonObject, ...keys: readonly string[]): ChatFacts {
  const facts = new FactsBuilder();
  for (const key of keys) addInput(body[key], facts);
  return facts.build({
    model: asString(body['model']) ?? '',
    // Forms have no booleans.
    stream: body['stream'] === true || body['stream'] === 'true',
    maxOutputTokens: undefined,
    inToolLoop: false,
  });
}

function addInput(value: Json | undefined, facts: FactsBuilder): void {
  if (typeof value === 'string') facts.addText(value, true);
  else if (typeof value === 'number') facts.addTokens(1);
  else if (Array.isArray(value)) addList(asArray(value) ?? [], facts);
  else facts.addText(asString(asObject(value)?.['text']) ?? '', true);
}

function addList(items: readonly Json[], facts: FactsBuilder): void {
  // A long list of token numbers is counted, not walked.
  if (typeof items[0] === 'number') facts.addTokens(items.length);
  else for (const item of items) addInput(item, facts);
}
