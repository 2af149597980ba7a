import type { AssistantPart } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { tagOpaque, untagOpaque } from '../opaque-text.ts';

/**
 * A reasoning item holds a readable summary and, in `encrypted_content`, what has to come back. OpenAI's own travels
 * through other dialects tagged `openai-responses:`; other vendors' signatures and blobs travel through callers of this
 * dialect as `encrypted_content` tagged `headgate:`.
 */
const DIALECT = 'openai-responses';
const FOREIGN = 'headgate';

/** The part that an item stands for; none when it has neither text nor anything to come back. */
export function reasoningPart(item: JsonObject): AssistantPart[] {
  const text = summaryText(item);
  const encrypted = asString(item['encrypted_content']);
  if (encrypted === undefined || encrypted === '') return text === '' ? [] : [{ type: 'reasoning', text }];
  const foreign = asObject(untagOpaque(FOREIGN, encrypted));
  const redacted = asString(foreign?.['redacted']);
  if (redacted !== undefined) return [{ type: 'redacted-reasoning', data: redacted }];
  const signature = asString(foreign?.['signature']) ?? tagOpaque(DIALECT, { encrypted_content: encrypted });
  return text === '' && foreign === undefined
    ? [{ type: 'redacted-reasoning', data: signature }]
    : [{ type: 'reasoning', text, signature }];
}

/** The summary, or where a server gives it (vLLM, xAI), the reasoning itself. */
export function summaryText(item: JsonObject): string {
  const summary = texts(item['summary']);
  return summary === '' ? texts(item['content']) : summary;
}

function texts(list: Json | undefined): string {
  return (asArray(list) ?? []).map((part) => asString(asObject(part)?.['text']) ?? '').join('\n\n');
}

/** `encrypted_content` of an item for a caller of this dialect. */
export function itemState(part: { readonly signature?: string } | { readonly data: string }): JsonObject {
  const opaque = 'data' in part ? part.data : part.signature;
  if (opaque === undefined || opaque === '') return {};
  const own = ownState(opaque);
  if (own !== undefined) return own;
  return { encrypted_content: tagOpaque(FOREIGN, 'data' in part ? { redacted: opaque } : { signature: opaque }) };
}

/** `encrypted_content` as OpenAI made it; undefined for another vendor's state. Without storage, items need no id. */
export function ownState(opaque: string): JsonObject | undefined {
  const own = asObject(untagOpaque(DIALECT, opaque));
  if (own === undefined) return undefined;
  return { encrypted_content: own['encrypted_content'] ?? '' };
}
