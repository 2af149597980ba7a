import type { AssistantPart } from '../../wire/chat-call.ts';

/**
 * Puts the pieces of a streamed answer together again: texts that nothing tells apart, and thoughts up to and including
 * the signature that closes them, since whoever signed them signed the whole.
 */
export function joinPieces(parts: readonly AssistantPart[]): readonly AssistantPart[] {
  const joined: AssistantPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const whole = last === undefined ? undefined : joinedWith(last, part);
    if (whole === undefined) joined.push(part);
    else joined[joined.length - 1] = whole;
  }
  return joined;
}

function joinedWith(last: AssistantPart, part: AssistantPart): AssistantPart | undefined {
  if (last.type === 'text' && part.type === 'text' && last.opaque === undefined && part.opaque === undefined)
    return { type: 'text', text: last.text + part.text };
  if (last.type === 'reasoning' && part.type === 'reasoning' && last.signature === undefined && last.opaque === undefined)
    return { ...part, text: last.text + part.text };
  return undefined;
}
