import type { AssistantPart } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';
import { isTagged, tagOpaque, untagOpaque } from '../opaque-text.ts';

/**
 * `reasoning_details` is the list in which OpenRouter carries reasoning that must come back unchanged. Headgate uses
 * the same shapes for other dialects' signed reasoning:
 * - `{type: 'reasoning.text', text, signature, format, index}` one signed block
 * - `{type: 'reasoning.encrypted', data, format, index}` one redacted block
 * Entries of any other make belong to the provider behind it and are carried whole.
 */
const ANTHROPIC_FORMAT = 'anthropic-claude-v1';
const TAGGED_FORMAT = 'headgate-v1';
const DIALECT = 'openai-chat';

export function signedDetail(text: string, signature: string, index: number): JsonObject {
  return untagEntry(signature) ?? { type: 'reasoning.text', text, signature, format: formatOf(signature), index };
}

export function encryptedDetail(data: string, index: number): JsonObject {
  return untagEntry(data) ?? { type: 'reasoning.encrypted', data, format: formatOf(data), index };
}

function formatOf(opaque: string): string {
  return isTagged(opaque) ? TAGGED_FORMAT : ANTHROPIC_FORMAT;
}

function untagEntry(text: string): JsonObject | undefined {
  return asObject(untagOpaque(DIALECT, text));
}

/**
 * The reasoning of a message that a caller sends back, or that a provider answered with. With details, those say it
 * all, and the plain text is their summary; without, the plain text is one unsigned block.
 */
export function reasoningParts(plain: string | undefined, details: readonly Json[]): readonly AssistantPart[] {
  const parts = details.flatMap((item) => detailPart(asObject(item) ?? {}));
  if (parts.some((part) => part.type === 'reasoning' && part.text !== '')) return parts;
  return plain === undefined || plain === '' ? parts : [{ type: 'reasoning', text: plain }, ...parts];
}

function detailPart(entry: JsonObject): AssistantPart[] {
  const text = asString(entry['text']);
  const signature = asString(entry['signature']);
  const data = asString(entry['data']);
  if (entry['type'] === 'reasoning.text' && text !== undefined) {
    if (signature === undefined) return text === '' ? [] : [{ type: 'reasoning', text }];
    if (isOurs(entry)) return [{ type: 'reasoning', text, signature }];
  }
  if (entry['type'] === 'reasoning.encrypted' && data !== undefined && isOurs(entry)) return [{ type: 'redacted-reasoning', data }];
  return Object.keys(entry).length === 0 ? [] : [{ type: 'redacted-reasoning', data: tagOpaque(DIALECT, entry) }];
}

/** Made by Anthropic's models, here or behind OpenRouter, or tagged by Headgate for a third dialect. */
export function isOurs(entry: JsonObject): boolean {
  return entry['format'] === ANTHROPIC_FORMAT || entry['format'] === TAGGED_FORMAT;
}
