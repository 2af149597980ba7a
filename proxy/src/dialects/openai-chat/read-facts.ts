import type { ChatFacts } from '../../wire/chat-facts.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asObject, asString } from '../../wire/read-json.ts';
import { FactsBuilder } from '../facts-builder.ts';

/** Facts of a `/chat/completions` or an `/embeddings` body. */
export function readFacts(body: JsonObject): ChatFacts {
  if (body['messages'] === undefined && body['input'] !== undefined) return readEmbeddingsFacts(body);
  const facts = new FactsBuilder();
  const messages = asArray(body['messages']) ?? [];
  for (const item of messages) addMessage(asObject(item) ?? {}, facts);
  for (const key of ['tools', 'functions']) {
    for (const tool of asArray(body[key]) ?? []) facts.addTool(tool);
  }
  const format = asObject(body['response_format']);
  if (format?.['type'] === 'json_schema') facts.addJsonSchema(format);
  return facts.build({
    model: asString(body['model']) ?? '',
    stream: body['stream'] === true,
    maxOutputTokens: asCount(body['max_completion_tokens']) ?? asCount(body['max_tokens']),
    inToolLoop: hasUnansweredResults(messages),
  });
}

/** Results of tools behind the model's last turn, whatever else the user has said since. */
function hasUnansweredResults(messages: readonly Json[]): boolean {
  const roles = messages.map((item) => asObject(item)?.['role']);
  const since = roles.slice(roles.lastIndexOf('assistant') + 1);
  return since.includes('tool') || since.includes('function');
}

function addMessage(message: JsonObject, facts: FactsBuilder): void {
  const fromUser = message['role'] === 'user';
  facts.startMessage(fromUser);
  const content = message['content'];
  if (typeof content === 'string') facts.addText(content, fromUser);
  else for (const part of asArray(content) ?? []) addPart(part, fromUser, facts);
  for (const call of asArray(message['tool_calls']) ?? []) {
    const made = asObject(asObject(call)?.['function']);
    facts.addText(asString(made?.['name']) ?? '', false);
    facts.addText(asString(made?.['arguments']) ?? '', false);
  }
}

function addPart(item: Json, fromUser: boolean, facts: FactsBuilder): void {
  const part = asObject(item);
  switch (part?.['type']) {
    case 'image_url':
      facts.addImage();
      return;
    case 'input_audio':
      facts.addAudio((asString(asObject(part['input_audio'])?.['data']) ?? '').length);
      return;
    case 'file':
      facts.addFile((asString(asObject(part['file'])?.['file_data']) ?? '').length);
      return;
    case 'video_url':
    case 'document_url': {
      const address = part[String(part['type'])];
      facts.addFile((asString(address) ?? asString(asObject(address)?.['url']) ?? '').length);
      return;
    }
    default:
      facts.addText(asString(part?.['text']) ?? asString(item) ?? '', fromUser);
  }
}

/** Input is a text, texts, tokens, or lists of tokens. */
function readEmbeddingsFacts(body: JsonObject): ChatFacts {
  const facts = new FactsBuilder();
  const input = body['input'];
  const items = asArray(input) ?? [input ?? ''];
  for (const item of items) {
    if (typeof item === 'string') facts.addText(item, true);
    else facts.addTokens(asArray(item)?.length ?? 1);
  }
  return facts.build({ model: asString(body['model']) ?? '', stream: false, maxOutputTokens: undefined, inToolLoop: false });
}
