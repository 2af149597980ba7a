import type { Json } from '../wire/json.ts';
import { parseJson } from '../wire/read-json.ts';

/**
 * Opaque state of one dialect inside a text field of another (a signature, an encrypted blob), so that callers send it
 * back without knowing: `<dialect>:<json>`. Real signatures are base64 and have no colon.
 */
export function tagOpaque(dialect: string, value: Json): string {
  return `${dialect}:${JSON.stringify(value)}`;
}

/** The value, when `text` is state of this dialect. */
export function untagOpaque(dialect: string, text: string): Json | undefined {
  return text.startsWith(`${dialect}:`) ? parseJson(text.slice(dialect.length + 1)) : undefined;
}

/** True for state that some dialect other than Anthropic's, which is never tagged, has put there. */
export function isTagged(text: string): boolean {
  return /^[a-z][a-z-]*:/.test(text);
}
