import type { ChatFacts } from '../../wire/chat-facts.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asObject, asString } from '../../wire/read-json.ts';
import { FactsBuilder } from '../facts-builder.ts';

/** Facts of a `/responses` body. */
export function readFacts(body: JsonObject): ChatFacts {
  const facts = new FactsBuilder();
  facts.addText(asString(body['instructions']) ?? '', false);
  const input = body['input'];
  const items = (asArray(input) ?? [{ role: 'user', content: input ?? '' }]).map((item) => asObject(item) ?? {});
  for (const item of items) addItem(item, facts);
  for (const tool of asArray(body['tools']) ?? []) facts.addTool(tool);
  const format = asObject(asObject(body['text'])?.['format']);
  if (format?.['type'] === 'json_schema') facts.addJsonSchema(format);
  return facts.build({
    model: asString(body['model']) ?? '',
    stream: body['stream'] === true,
    maxOutputTokens: asCount(body['max_output_tokens']),
    inToolLoop: hasUnansweredOutputs(items),
  });
}

/** Outputs of calls behind the model's last item, whatever else the user has said since. */
function hasUnansweredOutputs(items: readonly JsonObject[]): boolean {
  const lastOfModel = items.findLastIndex(
    (item) => item['role'] === 'assistant' || item['type'] === 'function_call' || item['type'] === 'reasoning',
  );
  return items.slice(lastOfModel + 1).some((item) => item['type'] === 'function_call_output');
}

function addItem(item: JsonObject, facts: FactsBuilder): void {
  const fromUser = item['role'] === 'user';
  facts.startMessage(fromUser);
  addContent(item['content'] ?? item['output'], fromUser, facts);
  facts.addText(asString(item['arguments']) ?? '', false);
}

function addContent(content: Json | undefined, fromUser: boolean, facts: FactsBuilder): void {
  if (typeof content === 'string') facts.addText(content, fromUser);
  else for (const value of asArray(content) ?? []) addPart(asObject(value) ?? {}, fromUser, facts);
}

function addPart(part: JsonObject, fromUser: boolean, facts: FactsBuilder): void {
  switch (part['type']) {
    case 'input_image':
      facts.addImage();
      return;
    case 'input_file':
      facts.addFile((asString(part['file_data']) ?? '').length);
      return;
    case 'input_audio':
      facts.addAudio((asString(asObject(part['input_audio'])?.['data']) ?? '').length);
      return;
    default:
      facts.addText(asString(part['text']) ?? '', fromUser);
  }
}
