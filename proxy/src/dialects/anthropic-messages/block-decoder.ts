import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { opaqueFor } from '../opaque.ts';

type OpenBlock =
  | { readonly type: 'plain' }
  | { readonly type: 'tool'; readonly callIndex: number; hasArguments: boolean; readonly input: JsonObject }
  /** Server tools, their results and whatever comes next year: put together and passed on whole. */
  | { readonly type: 'other'; value: JsonObject; json: string };

/** No answer has as many blocks; the decoder's memory has to end somewhere. */
const MAX_OPEN_BLOCKS = 1000;

/** Content blocks to events; a blocking answer's blocks are started and stopped at once. */
export class BlockDecoder {
  private readonly open = new Map<number, OpenBlock>();
  private callCount = 0;

  start(index: number, block: JsonObject): StreamEvent[] {
    if (this.open.size >= MAX_OPEN_BLOCKS)
      return [{ type: 'error', error: { message: 'too many open content blocks', code: 'malformed' } }];
    const { state, events } = this.opened(block);
    this.open.set(index, state);
    return events;
  }

  delta(index: number, delta: JsonObject): StreamEvent[] {
    const block = this.open.get(index);
    switch (delta['type']) {
      case 'text_delta':
        return text(delta['text']);
      case 'thinking_delta':
        return thinking(delta['thinking']);
      case 'signature_delta':
        return signature(delta['signature']);
      case 'input_json_delta':
        return this.inputDelta(block, asString(delta['partial_json']) ?? '');
      default:
        return [{ type: 'other', dialect: 'anthropic-messages', value: delta }];
    }
  }

  stop(index: number): StreamEvent[] {
    const block = this.open.get(index);
    this.open.delete(index);
    if (block?.type === 'other') {
      const value = block.json === '' ? block.value : { ...block.value, input: block.json };
      return [{ type: 'other', dialect: 'anthropic-messages', value }];
    }
    // Some compatible servers put the whole input into the start and send no delta.
    if (block?.type === 'tool' && !block.hasArguments && Object.keys(block.input).length > 0) {
      return [{ type: 'tool-call-delta', index: block.callIndex, argumentsJson: JSON.stringify(block.input) }];
    }
    return [];
  }

  private opened(block: JsonObject): { readonly state: OpenBlock; readonly events: StreamEvent[] } {
    const plain: OpenBlock = { type: 'plain' };
    switch (block['type']) {
      case 'text':
        return { state: plain, events: [...text(block['text']), ...citations(block['citations'])] };
      case 'thinking':
        return { state: plain, events: [...thinking(block['thinking']), ...signature(block['signature'])] };
      case 'redacted_thinking':
        return { state: plain, events: [{ type: 'redacted-reasoning', data: asString(block['data']) ?? '' }] };
      case 'tool_use':
        return this.openedTool(block);
      default:
        return { state: { type: 'other', value: block, json: '' }, events: [] };
    }
  }

  private openedTool(block: JsonObject): { readonly state: OpenBlock; readonly events: StreamEvent[] } {
    const { type: _type, id, name, input, ...extra } = block;
    const callIndex = this.callCount++;
    const opaque = opaqueFor('anthropic-messages', extra);
    const start: StreamEvent = {
      type: 'tool-call-start',
      index: callIndex,
      id: asString(id) ?? `toolu_${callIndex}`,
      name: asString(name) ?? '',
      ...(opaque && { opaque }),
    };
    return { state: { type: 'tool', callIndex, hasArguments: false, input: asObject(input) ?? {} }, events: [start] };
  }

  private inputDelta(block: OpenBlock | undefined, piece: string): StreamEvent[] {
    if (piece === '') return [];
    if (block?.type === 'other') block.json += piece;
    if (block?.type !== 'tool') return [];
    block.hasArguments = true;
    return [{ type: 'tool-call-delta', index: block.callIndex, argumentsJson: piece }];
  }
}

function text(value: Json | undefined): StreamEvent[] {
  return typeof value === 'string' && value !== '' ? [{ type: 'text-delta', text: value }] : [];
}

function thinking(value: Json | undefined): StreamEvent[] {
  return typeof value === 'string' && value !== '' ? [{ type: 'reasoning-delta', text: value }] : [];
}

function signature(value: Json | undefined): StreamEvent[] {
  return typeof value === 'string' && value !== '' ? [{ type: 'reasoning-signature', signature: value }] : [];
}

function citations(value: Json | undefined): StreamEvent[] {
  const list = asArray(value) ?? [];
  return list.length === 0 ? [] : [{ type: 'other', dialect: 'anthropic-messages', value: { type: 'citations', citations: list } }];
}

/** Index of the block that an event speaks of. */
export function blockIndex(event: JsonObject): number {
  return asNumber(event['index']) ?? 0;
}
