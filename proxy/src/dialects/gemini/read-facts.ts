import type { ChatFacts } from '../../wire/chat-facts.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asObject, asString } from '../../wire/read-json.ts';
import { FactsBuilder } from '../facts-builder.ts';
import { camelMembers } from './camel-case.ts';
import { splitPart } from './split-part.ts';

/** Facts of a `generateContent` body, with `model` and `stream` added from the path. */
export function readFacts(given: JsonObject): ChatFacts {
  const body = camelMembers(given);
  const facts = new FactsBuilder();
  const instruction = asObject(body['systemInstruction']);
  if (instruction !== undefined) addContent(instruction, false, facts);
  const contents = listOf(body['contents']).map((item) => asObject(item) ?? {});
  for (const content of contents) addContent(content, isUsers(content), facts);
  for (const tool of listOf(body['tools'])) addTool(camelMembers(asObject(tool) ?? {}), facts);
  const config = camelMembers(asObject(body['generationConfig']) ?? {});
  const json = config['responseMimeType'] === 'application/json';
  const schema = json
    ? (asObject(config['responseJsonSchema']) ?? asObject(config['_responseJsonSchema']) ?? asObject(config['responseSchema']))
    : undefined;
  if (schema !== undefined) facts.addJsonSchema(schema);
  return facts.build({
    model: asString(body['model']) ?? '',
    stream: body['stream'] === true,
    maxOutputTokens: asCount(config['maxOutputTokens']),
    inToolLoop: holdsResults(contents.at(-1)),
  });
}

function addContent(content: JsonObject, fromUser: boolean, facts: FactsBuilder): void {
  facts.startMessage(fromUser);
  for (const item of listOf(content['parts'])) addPart(item, fromUser, facts);
}

function addPart(item: Json, fromUser: boolean, facts: FactsBuilder): void {
  const { kind, value } = splitPart(item);
  switch (kind) {
    case 'text':
      facts.addText(asString(value) ?? '', fromUser);
      return;
    case 'inlineData':
    case 'fileData':
      addMedia(camelMembers(asObject(value) ?? {}), facts);
      return;
    case 'functionResponse': {
      const { parts, ...response } = camelMembers(asObject(value) ?? {});
      facts.addText(JSON.stringify(response), false);
      for (const part of listOf(parts)) addPart(part, false, facts);
      return;
    }
    case undefined:
      return;
    default:
      facts.addText(JSON.stringify(value), false);
  }
}

function addMedia(media: JsonObject, facts: FactsBuilder): void {
  const type = (asString(media['mimeType']) ?? '').toLowerCase();
  const length = (asString(media['data']) ?? '').length;
  if (type.startsWith('image/')) facts.addImage();
  else if (type.startsWith('audio/')) facts.addAudio(length);
  else facts.addFile(length);
}

function addTool(tool: JsonObject, facts: FactsBuilder): void {
  const { functionDeclarations, ...builtIn } = tool;
  for (const declaration of asArray(functionDeclarations) ?? []) facts.addTool(declaration);
  if (Object.keys(builtIn).length > 0) facts.addTool(builtIn);
}

/** A turn that answers calls is not what the user said last. */
function isUsers(content: JsonObject): boolean {
  return (content['role'] ?? 'user') === 'user' && !holdsResults(content);
}

function holdsResults(content: JsonObject | undefined): boolean {
  return listOf(content?.['parts']).some((item) => splitPart(item).kind === 'functionResponse');
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return asArray(value) ?? [value];
}
