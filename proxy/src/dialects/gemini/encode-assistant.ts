import type { AssistantPart, ChatMessage } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';
import { picturesOf } from '../openai-chat/pictures.ts';
import { partPath } from '../part-path.ts';
import { argumentsToObject } from '../tool-arguments.ts';
import { picturePart } from './encode-answer-part.ts';
import { DIALECT, googleSignature, signatureOfCall, untagFields } from './thought-signature.ts';

type AssistantMessage = Extract<ChatMessage, { readonly role: 'assistant' }>;
type ToolCall = Extract<AssistantPart, { readonly type: 'tool-call' }>;

/** Google's documented value for calls that no signature exists for: made by another vendor's model, or written by hand. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/** A model's earlier turn, each part with the signature that belongs to it. */
export class ModelTurn {
  private readonly losses: Losses;
  private readonly parts: JsonObject[] = [];
  /** Fields that travelled in a block of their own, for the part behind it. */
  private pending: JsonObject = {};

  constructor(losses: Losses) {
    this.losses = losses;
  }

  encode(message: AssistantMessage, demandsSignatures: boolean): readonly JsonObject[] {
    for (const [index, part] of message.parts.entries()) this.add(part, partPath(message, index));
    const at = message.at ?? 'messages[]';
    const { images, ...foreign } = foreignFields(message.opaque, DIALECT);
    this.parts.push(...picturesOf(images).map(({ source, opaque }) => picturePart(source, opaque)));
    this.losses.addOpaque(foreign, at, 'Gemini');
    if (message.name !== undefined) this.losses.add(`${at}.name`, 'Gemini has no names of participants');
    if (demandsSignatures) this.markUnsigned();
    return this.parts;
  }

  private add(part: AssistantPart, path: string): void {
    switch (part.type) {
      case 'text':
        this.losses.addOpaque(foreignFields(part.opaque, DIALECT), path, 'Gemini');
        this.text(part.text, ownFields(part.opaque, DIALECT));
        return;
      case 'refusal':
        this.text(part.text, {});
        return;
      case 'reasoning':
        this.reasoning(part, path);
        return;
      case 'redacted-reasoning':
        this.redacted(part.data, path);
        return;
      case 'tool-call':
        this.call(part, path);
        return;
      case 'other':
        if (part.dialect === DIALECT) this.parts.push(part.value);
        else this.losses.add(path, `${asString(part.value['type']) ?? 'this block'} is known to ${part.dialect} only`);
    }
  }

  private text(text: string, own: JsonObject): void {
    const fields = { ...this.takePending(), ...own };
    if (text !== '' || Object.keys(fields).length > 0) this.parts.push({ text, ...fields });
  }

  private reasoning(part: Extract<AssistantPart, { readonly type: 'reasoning' }>, path: string): void {
    const { signature } = part;
    const fields = signature === undefined ? {} : untagFields(signature);
    if (fields === undefined) this.losses.add(`${path}.signature`, 'only the provider that signed it can read it');
    if (part.text !== '' || fields !== undefined)
      this.parts.push({ text: part.text, thought: true, ...fields, ...ownFields(part.opaque, DIALECT) });
  }

  private redacted(data: string, path: string): void {
    const fields = untagFields(data);
    const textSignature = asString(fields?.['textSignature']);
    if (fields === undefined) this.losses.add(path, 'only the provider that made it can read it');
    else if (textSignature === undefined) this.pending = fields;
    else this.signText(textSignature);
  }

  private signText(thoughtSignature: string): void {
    const last = this.parts.at(-1);
    const plain = last !== undefined && typeof last['text'] === 'string' && Object.keys(last).length === 1;
    if (plain) this.parts[this.parts.length - 1] = { ...last, thoughtSignature };
    else this.parts.push({ text: '', thoughtSignature });
  }

  private call(part: ToolCall, path: string): void {
    const foreign = foreignFields(part.opaque, DIALECT);
    const { extra_content: extra, ...others } = foreign;
    this.losses.addOpaque(googleSignature(foreign) === undefined ? { extra_content: extra, ...others } : others, path, 'Gemini');
    const thoughtSignature = signatureOfCall(part.opaque);
    const { beside, within } = splitCallFields({ ...this.takePending(), ...ownFields(part.opaque, DIALECT) });
    this.parts.push({
      functionCall: { id: part.id, name: part.name, args: argumentsToObject(part.argumentsJson), ...within },
      ...beside,
      ...(thoughtSignature !== undefined && { thoughtSignature }),
    });
  }

  private takePending(): JsonObject {
    const fields = this.pending;
    this.pending = {};
    return fields;
  }

  /** The first call of a step carries the signature of all of them. */
  private markUnsigned(): void {
    const at = this.parts.findIndex((part) => part['functionCall'] !== undefined);
    const call = this.parts[at];
    if (call !== undefined && call['thoughtSignature'] === undefined) this.parts[at] = { ...call, thoughtSignature: NO_SIGNATURE };
  }
}

/** Some own fields of a call stand inside `functionCall`, others beside it. */
function splitCallFields(fields: JsonObject): { readonly beside: JsonObject; readonly within: JsonObject } {
  const beside: Record<string, Json | undefined> = {};
  const within: Record<string, Json | undefined> = {};
  for (const [name, value] of Object.entries(fields)) (WITHIN_CALL.has(name) ? within : beside)[name] = value;
  return { beside, within };
}

const WITHIN_CALL = new Set(['partialArgs', 'willContinue']);
