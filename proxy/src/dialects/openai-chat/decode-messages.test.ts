import type { UpstreamDialectId } from '@headgate/crds';
import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../wire/json.ts';
import { UPSTREAM_DIALECTS } from '../registry.ts';
import { openaiChat } from './openai-chat.ts';

function sent(target: UpstreamDialectId, content: JsonObject[]): { readonly text: string; readonly losses: readonly string[] } {
  const messages = [
    { role: 'user', content: 'Draw a dot.' },
    { role: 'assistant', content },
    { role: 'user', content: 'Bigger.' },
  ];
  const decoded = openaiChat.decodeCall({ model: 'm', messages });
  if (decoded.type === 'invalid') throw new Error(decoded.message);
  const { body, losses } = UPSTREAM_DIALECTS[target].encodeCall(decoded.value, { model: 'm', quirks: {}, maxOutputTokens: 100 });
  return { text: JSON.stringify(body), losses: losses.map(({ field }) => field) };
}

const text = { type: 'text', text: 'Here:' };

test('a picture in a turn of the model is carried where turns can have one, else named like any part that cannot be there', () => {
  const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
  const content = [text, picture, { type: 'file', file: { file_id: 'file-1' } }];
  expect(sent('gemini', content).text).toContain('iVBORw0KGgo=');
  expect(sent('gemini', content).losses).toEqual(['messages[1].content[1]']);
  expect(sent('anthropic-messages', content).text).not.toContain('iVBORw0KGgo=');
  expect(sent('anthropic-messages', content).losses).toEqual(['messages[1].images', 'messages[1].content[1]']);
});

test("thinking among the parts, as in Mistral's turns, is reasoning", () => {
  const content = [
    {
      type: 'thinking',
      thinking: [
        { type: 'text', text: 'A dot ' },
        { type: 'text', text: 'is small.' },
      ],
    },
    text,
  ];
  expect(sent('cohere', content).text).toContain('{"type":"thinking","thinking":"A dot is small."}');
  expect(sent('cohere', content).losses).toEqual([]);
});
