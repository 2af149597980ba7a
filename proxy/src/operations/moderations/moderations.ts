import { decodeUsage } from '../../dialects/openai-chat/usage.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject } from '../../wire/read-json.ts';
import { openaiShapedPath } from '../openai-shaped-path.ts';
import type { Operation, OperationFormat, SideAnswer } from '../operation.ts';
import { textFacts } from '../side-facts.ts';

/** OpenAI's moderations; Mistral's are the same but for `flagged`, which callers rely on. */
const openaiShaped: OperationFormat = {
  path: (provider, model) => openaiShapedPath(provider, '/moderations', model),
  decodeAnswer: readResults,
  passesMedia: false,
};

/** Whether texts (and pictures) break a vendor's rules, in OpenAI's shape. */
export const moderations: Operation = {
  id: 'moderations',
  paths: ['/v1/moderations'],
  capability: 'Moderation',
  body: 'json',
  // OpenAI's own default; a policy has to answer to the name.
  defaultModel: 'omni-moderation-latest',
  readFacts: (body) => ({ ...textFacts(body, 'input'), stream: false }),
  formatFor: ({ dialect }) => (dialect === 'openai-chat' || dialect === 'openai-responses' ? openaiShaped : undefined),
};

function readResults(answer: JsonObject): SideAnswer {
  const results = asArray(answer['results']);
  if (results === undefined || results.length === 0 || results.some((item) => asObject(item) === undefined))
    return { type: 'invalid', message: 'the answer has no results' };
  const usage = decodeUsage(answer['usage']);
  if (results.every((item) => typeof asObject(item)?.['flagged'] === 'boolean')) return { type: 'answer', usage };
  return { type: 'answer', body: { ...answer, results: results.map(withFlag) }, usage };
}

function withFlag(item: Json): Json {
  const result = asObject(item);
  if (result === undefined || typeof result['flagged'] === 'boolean') return item;
  return { ...result, flagged: Object.values(asObject(result['categories']) ?? {}).includes(true) };
}
