import type { Placed } from '../wire/chat-call.ts';

/** Where the caller wrote a part: `messages[3].content[0]`, `system[1]`, `contents[3].parts[0]`. */
export function partPath(message: Placed, index: number): string {
  const place = message.at ?? 'messages[]';
  const position = (message.firstPart ?? 0) + index;
  if (place === 'system') return `system[${position}]`;
  return /^(?:contents\[|systemInstruction)/.test(place) ? `${place}.parts[${position}]` : `${place}.content[${position}]`;
}
