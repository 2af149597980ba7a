/** Splits a text into pieces that look like tokens on the wire: a word or a run of symbols, with the space before it. */
export function splitTokens(text: string): readonly string[] {
  return text.match(/\s*[\p{L}\p{N}]{1,8}|\s*[^\s\p{L}\p{N}]{1,4}|\s+/gu) ?? [];
}

/** About what a tokenizer would count: four bytes of UTF-8 per token, one at least for a text that is not empty. */
export function countTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / 4);
}
