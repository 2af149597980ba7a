import type { UpstreamDialectId } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import { UPSTREAM_DIALECTS } from '../registry.ts';
import { openaiChat } from './openai-chat.ts';

function sent(target: UpstreamDialectId): { readonly text: string; readonly losses: readonly string[] } {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
  const messages = [
    { role: 'user', content: 'Draw a dot.' },
    { role: 'assistant', content: [{ type: 'text', text: 'Here:' }, picture, { type: 'file', file: { file_id: 'file-1' } }] },
    { role: 'user', content: 'Bigger.' },
  ];
  const decoded = openaiChat.decodeCall({ model: 'm', messages });
  if (decoded.type === 'invalid') throw new Error(decoded.message);
  const { body, losses } = UPSTREAM_DIALECTS[target].encodeCall(decoded.value, { model: 'm', quirks: {}, maxOutputTokens: 100 });
  return { text: JSON.stringify(body), losses: losses.map(({ field }) => field) };
}

test('a picture in a turn of the model is carried where turns can have one, else named like any part that cannot be there', () => {
  expect(sent('gemini').text).toContain('iVBORw0KGgo=');
  expect(sent('gemini').losses).toEqual(['messages[1].content[1]']);
  expect(sent('anthropic-messages').text).not.toContain('iVBORw0KGgo=');
  expect(sent('anthropic-messages').losses).toEqual(['messages[1].images', 'messages[1].content[1]']);
});
