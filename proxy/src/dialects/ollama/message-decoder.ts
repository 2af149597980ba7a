import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asObject, asString } from '../../wire/read-json.ts';
import type { FinishReason, StreamError, StreamEvent } from '../../wire/stream-event.ts';
import { timestampMs } from '../../wire/timestamp.ts';
import type { Usage } from '../../wire/usage.ts';
import { fromObject } from '../upstream-error/read-error-body.ts';

/** No model makes as many. */
const MAX_CALLS = 1000;

/** An answer, whole or line by line: every line is a message in itself, the last one says why it ended. */
export class MessageDecoder {
  ended = false;
  private started = false;
  private callCount = 0;
  /** Tells the ids of this answer's calls from those of earlier answers; Ollama's answers have no id. */
  private seed = '';

  push(body: JsonObject): StreamEvent[] {
    const message = asObject(body['message']) ?? {};
    const events: StreamEvent[] = this.start(body);
    const thinking = asString(message['thinking']) ?? '';
    const text = asString(message['content']) ?? '';
    if (thinking !== '') events.push({ type: 'reasoning-delta', text: thinking });
    if (text !== '') events.push({ type: 'text-delta', text });
    for (const item of asArray(message['tool_calls']) ?? []) events.push(...this.call(asObject(item) ?? {}));
    if (body['done'] === true) events.push(...this.finish(body));
    return events;
  }

  private start(body: JsonObject): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    const created = asString(body['created_at']) ?? '';
    const createdMs = timestampMs(created);
    const model = asString(body['model']);
    this.seed = created.replace(/\D/g, '').slice(0, 24);
    return [
      {
        type: 'message-start',
        ...(model !== undefined && model !== '' && { model }),
        ...(createdMs !== undefined && createdMs > 0 && { createdSeconds: Math.floor(createdMs / 1000) }),
      },
    ];
  }

  /** Always whole, its arguments an object. */
  private call(call: JsonObject): StreamEvent[] {
    const made = asObject(call['function']);
    const name = asString(made?.['name']) ?? '';
    if (name === '') return [];
    if (this.callCount >= MAX_CALLS)
      return [{ type: 'error', error: { message: `more than ${MAX_CALLS} tool calls in one answer`, code: 'malformed' } }];
    const index = this.callCount++;
    const id = asString(call['id']) || `call_${this.seed}_${index}`;
    return [
      { type: 'tool-call-start', index, id, name },
      { type: 'tool-call-delta', index, argumentsJson: argumentsText(made?.['arguments']) },
    ];
  }

  private finish(body: JsonObject): StreamEvent[] {
    this.ended = true;
    const usage = usageOf(body);
    const reason = finishReason(asString(body['done_reason']) ?? '', this.callCount > 0);
    return [...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]), { type: 'finish', reason }];
  }
}

function argumentsText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(asObject(value) ?? {});
}

/** `load` and `unload`: the model was only brought into memory, or out of it. */
function finishReason(raw: string, hasCalls: boolean): FinishReason {
  if (raw === 'length') return { unified: 'length', raw };
  if (raw === 'stop' || raw === '') return { unified: hasCalls ? 'tool-calls' : 'stop', raw };
  return { unified: 'other', raw };
}

/** `prompt_eval_count` is left out where the whole prompt was still in memory. */
function usageOf(body: JsonObject): Usage | undefined {
  const prompt = asCount(body['prompt_eval_count']);
  const output = asCount(body['eval_count']);
  if (prompt === undefined && output === undefined) return undefined;
  const raw: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) if (/_(?:count|duration)$/.test(name) && value !== undefined) raw[name] = value;
  return { inputTokens: prompt ?? 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: output ?? 0, reasoningTokens: 0, raw };
}

/** The failure that a body or a line reports instead of an answer. */
export function errorOf(body: JsonObject): StreamError | undefined {
  if (body['error'] === undefined || body['error'] === null || body['error'] === '') return undefined;
  const { message, code, type, status } = fromObject(body);
  const word = code ?? type;
  return { message, ...(word !== undefined && { code: word }), ...(status !== undefined && { status }) };
}
