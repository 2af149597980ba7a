import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';

/** Content blocks, whole or in deltas, to events. Both have the same members, so each is read once. */
export class ContentDecoder {
  private readonly callByBlock = new Map<number, number>();

  get madeCalls(): boolean {
    return this.callByBlock.size > 0;
  }

  /** A block of a blocking answer. */
  whole(index: number, block: JsonObject): StreamEvent[] {
    const toolUse = asObject(block['toolUse']);
    if (toolUse === undefined) return this.piece(index, block);
    if (isRunByVendor(toolUse)) return other(block);
    const input = asObject(toolUse['input']) ?? {};
    return [...this.start(index, { toolUse }), ...this.argumentsPiece(index, Object.keys(input).length > 0 ? JSON.stringify(input) : '')];
  }

  /** `start` of a contentBlockStart; only calls have one. */
  start(index: number, start: JsonObject): StreamEvent[] {
    const toolUse = asObject(start['toolUse']);
    if (toolUse === undefined || isRunByVendor(toolUse)) return other(start);
    const callIndex = this.callByBlock.size;
    this.callByBlock.set(index, callIndex);
    const id = asString(toolUse['toolUseId']) ?? `tooluse_${callIndex}`;
    return [{ type: 'tool-call-start', index: callIndex, id, name: asString(toolUse['name']) ?? '' }];
  }

  /** `delta` of a contentBlockDelta, or what a whole block holds besides calls. */
  piece(index: number, piece: JsonObject): StreamEvent[] {
    const text = asString(piece['text']);
    if (text !== undefined) return text === '' ? [] : [{ type: 'text-delta', text }];
    const toolUse = asObject(piece['toolUse']);
    if (toolUse !== undefined) return this.argumentsPiece(index, asString(toolUse['input']) ?? '');
    const reasoning = asObject(piece['reasoningContent']);
    if (reasoning !== undefined) return reasoningEvents(reasoning);
    const picture = pictureOf(piece['image']);
    if (picture !== undefined) return [picture];
    const cited = asObject(piece['citationsContent']);
    if (cited !== undefined) return [...citedText(cited), ...other(piece)];
    return other(piece);
  }

  private argumentsPiece(block: number, argumentsJson: string): StreamEvent[] {
    const index = this.callByBlock.get(block);
    return index === undefined || argumentsJson === '' ? [] : [{ type: 'tool-call-delta', index, argumentsJson }];
  }
}

function pictureOf(value: Json | undefined): StreamEvent | undefined {
  const image = asObject(value);
  const format = asString(image?.['format']);
  const data = asString(asObject(image?.['source'])?.['bytes']);
  if (format === undefined || data === undefined) return undefined;
  return { type: 'image', source: { type: 'base64', mediaType: `image/${format}`, data } };
}

/** Nova's own tools (code interpreter, grounding): their results follow in the same answer, there is nothing to answer. */
function isRunByVendor(toolUse: JsonObject): boolean {
  return toolUse['type'] === 'server_tool_use';
}

/** Whole blocks have `reasoningText`, deltas its members. */
function reasoningEvents(reasoning: JsonObject): StreamEvent[] {
  const { text, signature } = asObject(reasoning['reasoningText']) ?? reasoning;
  const redacted = asString(reasoning['redactedContent']);
  const events: StreamEvent[] = [];
  if (isText(text)) events.push({ type: 'reasoning-delta', text });
  if (isText(signature)) events.push({ type: 'reasoning-signature', signature });
  if (isText(redacted)) events.push({ type: 'redacted-reasoning', data: redacted });
  return events;
}

function citedText(cited: JsonObject): StreamEvent[] {
  return (asArray(cited['content']) ?? []).flatMap((item): StreamEvent[] => {
    const text = asString(asObject(item)?.['text']);
    return isText(text) ? [{ type: 'text-delta', text }] : [];
  });
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function other(value: JsonObject): StreamEvent[] {
  return Object.keys(value).length === 0 ? [] : [{ type: 'other', dialect: 'bedrock-converse', value }];
}
