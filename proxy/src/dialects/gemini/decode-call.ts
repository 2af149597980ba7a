import type { ChatCall, Decoded } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { JsonObject } from '../../wire/json.ts';
import { FieldReader } from '../field-reader.ts';
import { Problems } from '../problems.ts';
import { camelMembers } from './camel-case.ts';
import { decodeContents, decodeSystem } from './decode-contents.ts';
import { decodeGenerationConfig } from './decode-generation-config.ts';
import { decodeToolConfig, decodeTools } from './decode-tools.ts';
import { DIALECT } from './thought-signature.ts';

/**
 * A `generateContent` request to its canonical form. Model and streaming, which the path tells, are expected as members
 * `model` and `stream`. Unknown members are kept in `rest`, never refused.
 */
export function decodeCall(body: JsonObject): Decoded<ChatCall> {
  const problems = new Problems();
  const fields = new FieldReader(camelMembers(body), '', problems);
  const choice = decodeToolConfig(fields, problems);
  const config = decodeGenerationConfig(fields, problems);
  const call = {
    model: fields.requiredString('model'),
    messages: [...decodeSystem(fields, problems), ...decodeContents(fields, problems)],
    tools: decodeTools(fields, problems),
    sampling: config.sampling,
    stop: config.stop,
    stream: fields.boolean('stream') ?? false,
    // Gemini's streams always carry usage.
    includeUsage: true,
    ...defined({
      toolChoice: choice.toolChoice,
      maxOutputTokens: config.maxOutputTokens,
      responseFormat: config.responseFormat,
      reasoning: config.reasoning,
    }),
    dialect: DIALECT,
  };
  const rest = {
    ...fields.rest(),
    ...(Object.keys(choice.rest).length > 0 && { toolConfig: choice.rest }),
    ...(Object.keys(config.rest).length > 0 && { generationConfig: config.rest }),
  };
  return problems.result({ ...call, rest });
}
