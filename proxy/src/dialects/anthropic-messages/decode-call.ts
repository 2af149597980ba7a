import type { ChatCall, Decoded } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import { FieldReader } from '../field-reader.ts';
import { Problems } from '../problems.ts';
import { decodeMessages, decodeSystem } from './decode-messages.ts';
import { decodeOutputConfig, decodeThinking } from './decode-settings.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';

/** A `/v1/messages` request to its canonical form. Unknown members are kept in `rest`, never refused. */
export function decodeCall(body: JsonObject): Decoded<ChatCall> {
  const problems = new Problems();
  const fields = new FieldReader(body, '', problems);
  const settings = decodeThinking(fields);
  const output = decodeOutputConfig(fields, problems);
  const reasoning = defined({ ...settings.reasoning, effort: settings.reasoning.effort ?? output.effort });
  const choice = decodeToolChoice(fields, problems);
  const metadata = fields.object('metadata');
  const { user_id: user, ...otherMetadata } = metadata ?? {};
  const maxOutputTokens = fields.number('max_tokens');
  if (maxOutputTokens === undefined) fields.problem('max_tokens', 'is required');
  const call = {
    model: fields.requiredString('model'),
    messages: [...decodeSystem(fields, problems), ...decodeMessages(fields, problems)],
    tools: decodeTools(fields, problems),
    sampling: defined({ temperature: fields.number('temperature'), topP: fields.number('top_p'), topK: fields.number('top_k') }),
    stop: stopSequences(fields),
    stream: fields.boolean('stream') ?? false,
    // Anthropic's streams always carry usage.
    includeUsage: true,
    ...defined({
      toolChoice: choice.toolChoice,
      parallelToolCalls: choice.parallelToolCalls,
      maxOutputTokens,
      responseFormat: output.responseFormat,
      reasoning: Object.keys(reasoning).length === 0 ? undefined : reasoning,
      user: asString(user),
    }),
    dialect: 'anthropic-messages',
  };
  const rest: Record<string, Json | undefined> = { ...fields.rest() };
  keep(rest, 'thinking', settings.rest);
  keep(rest, 'output_config', output.rest);
  keep(rest, 'metadata', otherMetadata);
  return problems.result({ ...call, rest });
}

function keep(rest: Record<string, Json | undefined>, name: string, members: JsonObject): void {
  if (Object.keys(members).length > 0) rest[name] = members;
}

function stopSequences(fields: FieldReader): readonly string[] {
  return (fields.array('stop_sequences') ?? []).flatMap((item, index) => {
    if (typeof item === 'string') return [item];
    fields.problem(`stop_sequences[${index}]`, 'must be a string');
    return [];
  });
}
