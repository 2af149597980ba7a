import type { ChatFacts } from '../../wire/chat-facts.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asObject, asString } from '../../wire/read-json.ts';
import { FactsBuilder } from '../facts-builder.ts';

/** Facts of a `/v1/messages` body. */
export function readFacts(body: JsonObject): ChatFacts {
  const facts = new FactsBuilder();
  if (body['system'] !== undefined) {
    facts.startMessage(false);
    addContent(body['system'], false, facts);
  }
  const messages = asArray(body['messages']) ?? [];
  for (const item of messages) {
    const message = asObject(item) ?? {};
    const asked = message['role'] === 'user' && !isOnlyToolResults(message);
    facts.startMessage(asked);
    addContent(message['content'], asked, facts);
  }
  for (const tool of asArray(body['tools']) ?? []) facts.addTool(tool);
  const format = asObject(asObject(body['output_config'])?.['format']) ?? asObject(body['output_format']);
  if (format !== undefined) facts.addJsonSchema(format);
  return facts.build({
    model: asString(body['model']) ?? '',
    stream: body['stream'] === true,
    maxOutputTokens: asCount(body['max_tokens']),
    inToolLoop: hasToolResult(asObject(messages.at(-1)) ?? {}),
  });
}

function blocksOf(message: JsonObject): readonly Json[] {
  return asArray(message['content']) ?? [];
}

function isToolResult(block: Json): boolean {
  return asObject(block)?.['type'] === 'tool_result';
}

function hasToolResult(message: JsonObject): boolean {
  return blocksOf(message).some(isToolResult);
}

/** Then the user's last words are further up. */
function isOnlyToolResults(message: JsonObject): boolean {
  return blocksOf(message).length > 0 && blocksOf(message).every(isToolResult);
}

function addContent(content: Json | undefined, fromUser: boolean, facts: FactsBuilder): void {
  if (typeof content === 'string') facts.addText(content, fromUser);
  else for (const item of asArray(content) ?? []) addBlock(asObject(item) ?? {}, fromUser, facts);
}

function addBlock(block: JsonObject, fromUser: boolean, facts: FactsBuilder): void {
  switch (block['type']) {
    case 'image':
      facts.addImage();
      return;
    case 'document': {
      const source = asObject(block['source']);
      if (source?.['type'] === 'text') facts.addText(asString(source['data']) ?? '', false);
      facts.addFile(source?.['type'] === 'text' ? 0 : (asString(source?.['data']) ?? '').length);
      return;
    }
    case 'tool_use':
      facts.addText(JSON.stringify(block['input'] ?? {}), false);
      return;
    case 'tool_result':
      addContent(block['content'], false, facts);
      return;
    default:
      facts.addText(asString(block['text']) ?? asString(block['thinking']) ?? '', fromUser);
  }
}
