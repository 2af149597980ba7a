import type { ChatFacts } from '../../wire/chat-facts.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asString } from '../../wire/read-json.ts';
import { FactsBuilder } from '../facts-builder.ts';

/** Facts of a `/completions` body: a prompt is a text, texts, tokens, or lists of tokens. */
export function readFacts(body: JsonObject): ChatFacts {
  const facts = new FactsBuilder();
  const prompt = body['prompt'];
  const items = asArray(prompt) ?? [prompt ?? ''];
  if (typeof items[0] === 'number') facts.addTokens(items.length);
  for (const item of items) {
    if (typeof item === 'string') facts.addText(item, true);
    else facts.addTokens(asArray(item)?.length ?? 0);
  }
  return facts.build({
    model: asString(body['model']) ?? '',
    stream: body['stream'] === true,
    maxOutputTokens: asCount(body['max_tokens']),
    inToolLoop: false,
  });
}
