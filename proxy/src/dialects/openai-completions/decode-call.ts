import type { ChatCall, Decoded } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { FieldReader } from '../field-reader.ts';
import { Problems } from '../problems.ts';

/**
 * A `/completions` request as a chat of one user message. Only what a chat can answer is decoded: several prompts, token
 * numbers and text to be completed in the middle are refused.
 */
export function decodeCall(body: JsonObject): Decoded<ChatCall> {
  const problems = new Problems();
  const fields = new FieldReader(body, '', problems);
  const text = readPrompt(fields);
  if ((fields.string('suffix') ?? '') !== '') fields.problem('suffix', 'a chat model cannot fill in the middle of a text');
  const call: ChatCall = {
    model: fields.requiredString('model'),
    messages: [{ role: 'user', parts: [{ type: 'text', text }], at: 'prompt' }],
    tools: [],
    sampling: defined({
      temperature: fields.number('temperature'),
      topP: fields.number('top_p'),
      frequencyPenalty: fields.number('frequency_penalty'),
      presencePenalty: fields.number('presence_penalty'),
      seed: fields.number('seed'),
      n: fields.number('n'),
    }),
    stop: readStop(fields),
    stream: fields.boolean('stream') ?? false,
    includeUsage: fields.object('stream_options')?.['include_usage'] === true,
    ...defined({ maxOutputTokens: fields.number('max_tokens'), user: fields.string('user') }),
    dialect: 'openai-completions',
    rest: {},
  };
  return problems.result({ ...call, rest: withoutDefaults(fields.rest()) });
}

function readPrompt(fields: FieldReader): string {
  const prompt = fields.any('prompt');
  const only: Json | undefined = Array.isArray(prompt) && prompt.length === 1 ? (prompt as readonly Json[])[0] : prompt;
  if (typeof only === 'string') return only;
  if (only === undefined) fields.problem('prompt', 'is required');
  else fields.problem('prompt', 'a chat model answers one text; several prompts and lists of token numbers cannot be translated');
  return '';
}

function readStop(fields: FieldReader): readonly string[] {
  const stop = fields.any('stop');
  const texts = (Array.isArray(stop) ? (stop as readonly Json[]) : [stop]).flatMap((item) => asString(item) ?? []);
  return texts.filter((text) => text !== '');
}

/** `best_of: 1` asks for nothing. */
function withoutDefaults({ best_of: bestOf, ...rest }: JsonObject): JsonObject {
  return bestOf === undefined || bestOf === 1 ? rest : { ...rest, best_of: bestOf };
}
