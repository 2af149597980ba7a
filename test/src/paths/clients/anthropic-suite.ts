import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { expect } from '@jest/globals';
import { CALLER_KEY } from '../../fakes/routing-tables.ts';
import { CALL, REASONED, REASONED_CALL, SIGNATURE, STRUCTURED, TEXT, TOKENS, TRUNCATED, TWO_CALLS } from './canonical-answer.ts';
import type { ClientBench } from './client-bench.ts';
import type { ClientSuite } from './client-suite.ts';
import {
  PIXEL,
  QUESTION,
  REPORT,
  REPORT_VALUE,
  WEATHER,
  WEATHER_DESCRIPTION,
  WEATHER_INPUT,
  WEATHER_RESULT,
  WEATHER_SCHEMA,
} from './weather.ts';

const connect = (bench: ClientBench): Anthropic => new Anthropic({ apiKey: CALLER_KEY, baseURL: bench.url });
const CHAT = { model: 'assistant', max_tokens: 2000, messages: [{ role: 'user' as const, content: QUESTION }] };
const TOOLS = [{ name: WEATHER, description: WEATHER_DESCRIPTION, input_schema: WEATHER_SCHEMA }];
const THINKING = { type: 'enabled' as const, budget_tokens: 1024 };

function usageOf(bench: ClientBench): object {
  const cached = bench.tells.cached ? TOKENS.cached : 0;
  return { input_tokens: TOKENS.input - cached, output_tokens: TOKENS.output, ...(cached > 0 && { cache_read_input_tokens: cached }) };
}

function toolUses(message: Anthropic.Message): Anthropic.ToolUseBlock[] {
  return message.content.filter((block) => block.type === 'tool_use');
}

/** Sends the content back as it came, with the result of its call. */
async function answerCall(
  bench: ClientBench,
  asking: Anthropic.MessageCreateParamsNonStreaming,
  message: Anthropic.Message,
): Promise<void> {
  const content = toolUses(message).map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: WEATHER_RESULT }));
  const messages = [...asking.messages, { role: 'assistant' as const, content: message.content }, { role: 'user' as const, content }];
  await connect(bench).messages.create({ ...asking, messages });
  bench.expectStateBack();
}

export const anthropicSuite: ClientSuite = {
  client: '@anthropic-ai/sdk',
  cases: [
    {
      title: 'a blocking answer with usage',
      run: async (bench) => {
        bench.answers(TEXT);
        const message = await connect(bench).messages.create({ ...CHAT, system: 'Be brief.' });
        expect(message).toMatchObject({
          type: 'message',
          role: 'assistant',
          stop_reason: 'end_turn',
          content: [{ type: 'text', text: TEXT.text.join('') }],
        });
        expect(message.usage).toMatchObject(usageOf(bench));
        expect(bench.sent().body).toContain('Be brief.');
      },
    },
    {
      title: 'the stream helper',
      run: async (bench) => {
        bench.streams(TEXT);
        let text = '';
        const stream = connect(bench).messages.stream(CHAT);
        stream.on('text', (piece) => {
          text += piece;
        });
        const message = await stream.finalMessage();
        expect(text).toBe(TEXT.text.join(''));
        expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text }] });
        expect(message.usage).toMatchObject({ output_tokens: TOKENS.output });
      },
    },
    {
      title: 'calls of tools, and their results sent back',
      run: async (bench) => {
        bench.answers(TWO_CALLS, TEXT);
        const answer = await connect(bench).messages.create({ ...CHAT, tools: TOOLS, tool_choice: { type: 'auto' } });
        expect(answer.stop_reason).toBe('tool_use');
        const uses = toolUses(answer);
        expect(uses.map(({ name, input }) => [name, input])).toEqual([
          [WEATHER, { city: 'Oslo' }],
          [WEATHER, { city: 'Bergen' }],
        ]);
        expect(bench.sent().body).toContain(WEATHER_DESCRIPTION);
        const results = uses.map(({ id }, i) => ({ type: 'tool_result' as const, tool_use_id: id, content: `${WEATHER_RESULT} ${i}` }));
        const messages: Anthropic.MessageParam[] = [
          ...CHAT.messages,
          { role: 'assistant', content: answer.content },
          { role: 'user', content: results },
        ];
        const next = await connect(bench).messages.create({ ...CHAT, tools: TOOLS, messages });
        expect(next.content).toMatchObject([{ type: 'text', text: TEXT.text.join('') }]);
        expect(bench.sentHistory()).toContain(`${WEATHER_RESULT} 1`);
      },
    },
    {
      title: 'streamed calls',
      run: async (bench) => {
        bench.streams(TWO_CALLS);
        const message = await connect(bench)
          .messages.stream({ ...CHAT, tools: TOOLS })
          .finalMessage();
        expect(message.stop_reason).toBe('tool_use');
        expect(toolUses(message).map(({ input }) => input)).toEqual([{ city: 'Oslo' }, { city: 'Bergen' }]);
      },
    },
    {
      title: 'the tool runner goes round until there is an answer',
      run: async (bench) => {
        bench.answers(CALL, TEXT);
        const asked: unknown[] = [];
        const run = (input: { city: string }): string => {
          asked.push(input);
          return WEATHER_RESULT;
        };
        const tool = betaZodTool({ name: WEATHER, description: WEATHER_DESCRIPTION, inputSchema: WEATHER_INPUT, run });
        const message = await connect(bench).beta.messages.toolRunner({ ...CHAT, tools: [tool] });
        expect(message.content).toMatchObject([{ type: 'text', text: TEXT.text.join('') }]);
        expect(asked).toEqual([{ city: 'Oslo' }]);
        // Anthropic keeps the conversation; from others the runner learns that it has to send all of it.
        if (bench.dialect === 'anthropic-messages') expect(bench.sent(1).json['thread']).toMatchObject({ type: 'continue' });
        else expect(bench.sentHistory()).toContain(WEATHER_RESULT);
      },
    },
    {
      title: 'parse with a zod schema',
      run: async (bench) => {
        bench.answers(STRUCTURED);
        const message = await connect(bench).messages.parse({ ...CHAT, output_config: { format: zodOutputFormat(REPORT) } });
        expect(message.parsed_output).toEqual(REPORT_VALUE);
        expect(bench.sent().body).toContain('degrees');
      },
    },
    {
      title: 'thinking before the text, blocking and streamed, and sent back',
      run: async (bench) => {
        bench.answers(REASONED, TEXT);
        const blocking = await connect(bench).messages.create({ ...CHAT, thinking: THINKING });
        const messages: Anthropic.MessageParam[] = [...CHAT.messages, { role: 'assistant', content: blocking.content }, ...CHAT.messages];
        await connect(bench).messages.create({ ...CHAT, thinking: THINKING, messages });
        if (bench.dialect.startsWith('anthropic') || bench.dialect === 'bedrock-converse') expect(bench.sent(1).body).toContain(SIGNATURE);
        bench.streams(REASONED);
        const streamed = await connect(bench)
          .messages.stream({ ...CHAT, thinking: THINKING })
          .finalMessage();
        for (const { content } of [blocking, streamed]) {
          const [thought] = content.filter((block) => block.type === 'thinking');
          expect(thought?.thinking).toBe(REASONED.reasoning.join(''));
          expect(content.at(-1)).toMatchObject({ type: 'text', text: REASONED.text.join('') });
        }
      },
    },
    {
      title: "a provider's own state comes back with the conversation, blocking and streamed",
      run: async (bench) => {
        const asking = { ...CHAT, tools: TOOLS, thinking: THINKING };
        bench.answers(REASONED_CALL, TEXT);
        await answerCall(bench, asking, await connect(bench).messages.create(asking));
        bench.streams(REASONED_CALL);
        const streamed = await connect(bench).messages.stream(asking).finalMessage();
        bench.answersNext(TEXT);
        await answerCall(bench, asking, streamed);
      },
    },
    {
      title: 'an answer cut by its limit',
      run: async (bench) => {
        bench.answers(TRUNCATED);
        const message = await connect(bench).messages.create(CHAT);
        expect(message).toMatchObject({ stop_reason: 'max_tokens', content: [{ text: TRUNCATED.text.join('') }] });
      },
    },
    {
      title: 'tokens are counted, by the provider or by estimate',
      run: async (bench) => {
        bench.replies({ input_tokens: 123 });
        const { max_tokens: _limit, ...call } = CHAT;
        const { data, response } = await connect(bench).messages.countTokens(call).withResponse();
        const estimated = bench.dialect !== 'anthropic-messages';
        expect(response.headers.get('x-headgate-estimated')).toBe(estimated ? 'true' : null);
        if (estimated) expect(data.input_tokens).toBeGreaterThan(0);
        else expect(data.input_tokens).toBe(123);
        expect(bench.requests).toBe(estimated ? 0 : 1);
      },
    },
    {
      title: 'a picture in the question',
      run: async (bench) => {
        bench.answers(TEXT);
        const source = { type: 'base64' as const, media_type: 'image/png' as const, data: PIXEL };
        const content = [
          { type: 'image' as const, source },
          { type: 'text' as const, text: QUESTION },
        ];
        await connect(bench).messages.create({ ...CHAT, messages: [{ role: 'user', content }] });
        bench.expectPicture();
      },
    },
    {
      title: 'a stream that breaks is an error, never a short answer',
      run: async (bench) => {
        bench.breaks();
        await expect(connect(bench).messages.stream(CHAT).finalMessage()).rejects.toThrow(/broke off/);
      },
    },
    {
      title: "the provider's refusal as the client's own error",
      run: async (bench) => {
        bench.fails(400, 'temperature is too hot');
        const refused = connect(bench).messages.create(CHAT);
        await expect(refused).rejects.toBeInstanceOf(Anthropic.BadRequestError);
        await expect(refused).rejects.toThrow('temperature is too hot');
        await expect(connect(bench).messages.create({ ...CHAT, model: 'nobody' })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
        const stranger = new Anthropic({ apiKey: 'wrong', baseURL: bench.url });
        await expect(stranger.messages.create(CHAT)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
      },
    },
    {
      title: 'the list of models',
      run: async (bench) => {
        const names: string[] = [];
        for await (const model of connect(bench).models.list()) names.push(model.id);
        expect(names).toEqual(['assistant']);
        expect(await connect(bench).models.retrieve('assistant')).toMatchObject({ type: 'model', id: 'assistant' });
      },
    },
  ],
};
