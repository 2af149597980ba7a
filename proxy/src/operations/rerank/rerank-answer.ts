import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asCount, asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { AnsweredCall, SideAnswer } from '../operation.ts';
import { inputUsage } from '../side-usage.ts';

/** An answer that has Cohere's `results` already: the bytes pass on, only the usage is read. */
export function readRerankResults(answer: JsonObject): SideAnswer {
  if (!isRanking(answer['results'])) return { type: 'invalid', message: 'the answer has no results' };
  return { type: 'answer', usage: inputUsage(inputTokens(answer)) };
}

/** A ranking under another name, as Cohere answers it. */
export function rerankAnswer(ranking: Json | undefined, answer: JsonObject, call: AnsweredCall): SideAnswer {
  const items = asArray(ranking);
  if (items === undefined || !isRanking(ranking)) return { type: 'invalid', message: 'the answer has no results' };
  const tokens = inputTokens(answer);
  const results = items.map((item) => rankedDocument(asObject(item) ?? {}));
  const body = { id: call.requestId, results, ...(tokens !== undefined && { meta: { tokens: { input_tokens: tokens } } }) };
  return { type: 'answer', body, usage: inputUsage(tokens) };
}

function rankedDocument({ index, relevance_score: score, document }: JsonObject): JsonObject {
  const text = asString(document);
  const shown = text === undefined ? document : { text };
  return { index, relevance_score: score, ...(shown !== undefined && shown !== null && { document: shown }) };
}

function isRanking(value: Json | undefined): boolean {
  return asArray(value)?.every((item) => asCount(asObject(item)?.['index']) !== undefined && hasScore(asObject(item))) === true;
}

function hasScore(item: JsonObject | undefined): boolean {
  return asNumber(item?.['relevance_score']) !== undefined;
}

/** Jina, Voyage and Together tell `usage`, Cohere `meta.tokens` (and search units, which are priced per request). */
function inputTokens(answer: JsonObject): number | undefined {
  const usage = asObject(answer['usage']);
  const tokens = asObject(asObject(answer['meta'])?.['tokens']);
  return asCount(usage?.['prompt_tokens']) ?? asCount(usage?.['total_tokens']) ?? asCount(tokens?.['input_tokens']);
}
