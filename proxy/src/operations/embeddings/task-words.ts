import type { Loss } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asString } from '../../wire/read-json.ts';

type Words = Readonly<Record<string, string>>;

/** What vectors are for: Gemini's `taskType` (here the field `task_type`) in the words of other vendors, as far as they have one. */
export const COHERE_TASKS: Words = {
  RETRIEVAL_QUERY: 'search_query',
  QUESTION_ANSWERING: 'search_query',
  FACT_VERIFICATION: 'search_query',
  CODE_RETRIEVAL_QUERY: 'search_query',
  RETRIEVAL_DOCUMENT: 'search_document',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
};
export const VOYAGE_TASKS: Words = {
  RETRIEVAL_QUERY: 'query',
  QUESTION_ANSWERING: 'query',
  FACT_VERIFICATION: 'query',
  CODE_RETRIEVAL_QUERY: 'query',
  RETRIEVAL_DOCUMENT: 'document',
};
export const JINA_TASKS: Words = {
  RETRIEVAL_QUERY: 'retrieval.query',
  QUESTION_ANSWERING: 'retrieval.query',
  FACT_VERIFICATION: 'retrieval.query',
  CODE_RETRIEVAL_QUERY: 'retrieval.query',
  RETRIEVAL_DOCUMENT: 'retrieval.passage',
  SEMANTIC_SIMILARITY: 'text-matching',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'separation',
};

/** @param vendor for the reason of a loss */
export function spellTask(
  task: Json | undefined,
  words: Words,
  vendor: string,
): { readonly word?: string; readonly losses: readonly Loss[] } {
  if (task === undefined || task === null) return { losses: [] };
  const name = asString(task) ?? '';
  const word = Object.hasOwn(words, name) ? words[name] : undefined;
  return word === undefined ? { losses: [{ field: 'task_type', reason: `${vendor} has no word for it` }] } : { word, losses: [] };
}

/** The member that says it, unless the caller has said it in the vendor's own word. */
export function taskMember(name: string, own: Json | undefined, word: string | undefined): JsonObject {
  const said = own ?? word;
  return said === undefined ? {} : { [name]: said };
}
