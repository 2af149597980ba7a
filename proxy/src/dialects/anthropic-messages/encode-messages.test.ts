import { describe, expect, test } from '@jest/globals';
import type { ChatMessage } from '../../wire/chat-call.ts';
import { Losses } from '../losses.ts';
import { encodeConversation } from './encode-messages.ts';

function encode(...messages: readonly ChatMessage[]): { readonly messages: readonly unknown[]; readonly lost: readonly string[] } {
  const losses = new Losses();
  const call = { model: 'm', messages, tools: [], sampling: {}, stop: [], stream: false, includeUsage: false, rest: {} };
  return { messages: encodeConversation(call, losses).messages, lost: losses.list.map(({ field }) => field) };
}

function said(role: 'user' | 'assistant', text: string, index: number): ChatMessage {
  return { role, parts: [{ type: 'text', text }], at: `messages[${index}]` };
}

describe('an answer that the caller has begun', () => {
  test('loses the white space at its end, which Anthropic refuses, and that is named', () => {
    const { messages, lost } = encode(said('user', 'Count. ', 0), said('assistant', 'One, \n', 1));
    expect(messages).toEqual([
      { role: 'user', content: 'Count. ' },
      { role: 'assistant', content: 'One,' },
    ]);
    expect(lost).toEqual(['messages[1]']);
  });

  test('is left alone without any, and so are answers further up', () => {
    expect(encode(said('user', 'Count.', 0), said('assistant', 'One,', 1)).lost).toEqual([]);
    const { messages, lost } = encode(said('assistant', 'One, ', 0), said('user', 'Go on.', 1));
    expect([messages[0], lost]).toEqual([{ role: 'assistant', content: 'One, ' }, []]);
  });
});
