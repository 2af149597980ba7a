import type { ChatCall, Decoded, Sampling } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { FieldReader } from '../field-reader.ts';
import { Problems } from '../problems.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeReasoning } from './decode-reasoning.ts';
import { decodeResponseFormat, decodeToolChoice, decodeTools } from './decode-tools.ts';

/** A `/chat/completions` request to its canonical form. Unknown members are kept in `rest`, never refused. */
export function decodeCall(body: JsonObject): Decoded<ChatCall> {
  const problems = new Problems();
  const fields = new FieldReader(body, '', problems);
  const streamOptions = fields.object('stream_options');
  const call: ChatCall = {
    model: fields.requiredString('model'),
    messages: decodeMessages(fields, problems),
    tools: decodeTools(fields, problems),
    sampling: decodeSampling(fields),
    stop: decodeStop(fields),
    stream: fields.boolean('stream') ?? false,
    includeUsage: streamOptions?.['include_usage'] === true,
    ...defined({
      toolChoice: decodeToolChoice(fields, problems),
      parallelToolCalls: fields.boolean('parallel_tool_calls'),
      // Both spellings are in use; the newer one wins as at OpenAI.
      maxOutputTokens: fields.number('max_completion_tokens') ?? fields.number('max_tokens'),
      responseFormat: decodeResponseFormat(fields, problems),
      reasoning: decodeReasoning(fields),
      user: fields.string('user'),
    }),
    dialect: 'openai-chat',
    rest: {},
  };
  fields.number('max_tokens');
  return problems.result({ ...call, rest: fields.rest() });
}

function decodeSampling(fields: FieldReader): Sampling {
  return defined({
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.number('top_k'),
    frequencyPenalty: fields.number('frequency_penalty'),
    presencePenalty: fields.number('presence_penalty'),
    seed: fields.number('seed'),
    n: fields.number('n'),
  });
}

function decodeStop(fields: FieldReader): readonly string[] {
  const stop = fields.any('stop');
  if (stop === undefined) return [];
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop) || stop.some((item) => typeof item !== 'string')) {
    fields.problem('stop', 'must be a string or an array of strings');
    return [];
  }
  return stop.flatMap((item) => asString(item) ?? []);
}
