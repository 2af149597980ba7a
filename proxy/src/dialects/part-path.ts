import type { Placed } from '../wire/chat-call.ts';

/** Where the caller wrote a part: `messages[3].content[0]`, `system[1]`. */
export function partPath(message: Placed, index: number): string {
  const place = message.at ?? 'messages[]';
  const position = (message.firstPart ?? 0) + index;
  return place === 'system' ? `system[${position}]` : `${place}.content[${position}]`;
}
