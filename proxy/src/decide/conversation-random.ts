import type { CallFacts } from '../wire/call-facts.ts';

/** Enough of a long text to tell conversations apart; hashing all of 64 KiB would cost more than the decision. */
const SAMPLE_CHARACTERS = 256;

/**
 * A random source that gives equal draws to every call of one tool loop: seeded with the caller, the rule and the last
 * user message, which stays the same from the call that offers tools to the one that returns their results. So the model
 * that made the calls also reads the results, on every replica and without a store.
 */
export function conversationRandom(facts: CallFacts, ruleName: string): () => number {
  const text = facts.lastUserText;
  const sample = text.length <= 2 * SAMPLE_CHARACTERS ? text : `${text.slice(0, SAMPLE_CHARACTERS)}${text.slice(-SAMPLE_CHARACTERS)}`;
  return mulberry32(fnv1a(`${facts.consumer?.id ?? ''}\n${ruleName}\n${text.length}\n${sample}`));
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Tommy Ettinger's mulberry32: uniform in [0, 1), one 32-bit word of state. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
