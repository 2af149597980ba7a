import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';

/** Reasoning that stands among the parts of a message (Mistral's reasoning models, Claude at Databricks); undefined for any other part. */
export function thinkingText(part: JsonObject): string | undefined {
  if (part['type'] !== 'thinking' && part['type'] !== 'reasoning') return undefined;
  const text = asString(part['thinking']) ?? asString(part['text']);
  return text ?? joinTexts(asArray(part['thinking']) ?? asArray(part['summary']) ?? []);
}

function joinTexts(items: readonly Json[]): string {
  return items.map((item) => asString(item) ?? asString(asObject(item)?.['text']) ?? '').join('');
}
