import { decodeUsage as decodeChatUsage } from '../../dialects/openai-chat/usage.ts';
import { decodeUsage as decodeResponsesUsage } from '../../dialects/openai-responses/usage.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asCount, asObject, asString } from '../../wire/read-json.ts';
import { totalInputTokens, type Usage } from '../../wire/usage.ts';

/** Where the usage of a finished batch is told. */
export type BatchUse =
  /** In its document, as OpenAI does (https://platform.openai.com/docs/api-reference/batch/object). */
  | { readonly type: 'told'; readonly usage: Usage; readonly endedAtSeconds: number }
  /** Only in the lines of its results. */
  | { readonly type: 'in-results'; readonly endedAtSeconds: number };

/** One of them is set once a batch is over; it may have used tokens however it ended. Unix seconds. */
const ENDS = ['completed_at', 'expired_at', 'cancelled_at', 'failed_at'] as const;

/** undefined = no batch, not over yet, or without any result. */
export function readBatchUse(document: JsonObject): BatchUse | undefined {
  if (document['object'] !== 'batch') return undefined;
  const endedAtSeconds = ENDS.map((name) => asCount(document[name])).find((seconds) => seconds !== undefined);
  if (endedAtSeconds === undefined) return undefined;
  const usage = decodeResponsesUsage(document['usage']);
  if (usage !== undefined && totalInputTokens(usage) + usage.outputTokens > 0) return { type: 'told', usage, endedAtSeconds };
  return asString(document['output_file_id']) === undefined ? undefined : { type: 'in-results', endedAtSeconds };
}

/** Usage of one line of results: `{"custom_id", "response": {"body": {..., "usage"}}}`, in the words of whatever was asked. */
export function readResultUsage(line: Json | undefined): Usage | undefined {
  const told = asObject(asObject(asObject(asObject(line)?.['response'])?.['body'])?.['usage']);
  if (told === undefined) return undefined;
  return told['prompt_tokens'] === undefined && told['input_tokens'] !== undefined ? decodeResponsesUsage(told) : decodeChatUsage(told);
}

export function addUsage(sum: Usage | undefined, more: Usage): Usage {
  return {
    inputTokens: (sum?.inputTokens ?? 0) + more.inputTokens,
    cacheReadTokens: (sum?.cacheReadTokens ?? 0) + more.cacheReadTokens,
    cacheWriteTokens: (sum?.cacheWriteTokens ?? 0) + more.cacheWriteTokens,
    outputTokens: (sum?.outputTokens ?? 0) + more.outputTokens,
    reasoningTokens: (sum?.reasoningTokens ?? 0) + more.reasoningTokens,
  };
}
