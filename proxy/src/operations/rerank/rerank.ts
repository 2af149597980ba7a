import { carry } from '../carry-fields.ts';
import { openaiShapedPath } from '../openai-shaped-path.ts';
import type { Operation, OperationFormat, ProviderShape } from '../operation.ts';
import { textFacts } from '../side-facts.ts';
import { readRerankResults, rerankAnswer } from './rerank-answer.ts';

/** Cohere's shape on both sides: the vendor's `/rerank` beside its chat. */
const cohereShaped: OperationFormat = {
  path: (provider, model) => openaiShapedPath(provider, '/rerank', model),
  decodeAnswer: readRerankResults,
  passesMedia: false,
};

/** Cohere itself: its OpenAI-compatible base path has no rerank, the API beside it does. */
const cohere: OperationFormat = {
  ...cohereShaped,
  path: ({ dialect, basePath }) => (dialect === 'cohere' ? `${basePath}/rerank` : '/v2/rerank'),
};

const VOYAGE_FIELDS = ['model', 'query', 'documents', 'top_n', 'return_documents', 'truncation'];

/** Voyage: `top_k` for `top_n`, and the ranking under `data` (https://docs.voyageai.com/reference/reranker-api). */
const voyage: OperationFormat = {
  path: cohereShaped.path,
  encodeCall: (body, model) => {
    const { fields, losses } = carry(body, VOYAGE_FIELDS, 'Voyage does not take it');
    const { top_n: topN, ...rest } = fields;
    return { type: 'ok', losses, body: { ...rest, model, ...(topN !== undefined && { top_k: topN }) } };
  },
  decodeAnswer: (answer, call) => rerankAnswer(answer['data'], answer, call),
  passesMedia: false,
};

/** Vendors whose `/rerank` is known to take Cohere's shape; the others of OpenAI's family have none. */
const COHERE_SHAPED: ReadonlySet<string> = new Set(['Jina', 'Together', 'OpenRouter', 'VLLM', 'SGLang', 'LlamaCpp', 'Custom', 'Simulated']);

/** Documents in the order of their relevance to a query, in Cohere's shape. */
export const rerank: Operation = {
  id: 'rerank',
  paths: ['/v1/rerank', '/v2/rerank'],
  capability: 'Rerank',
  body: 'json',
  readFacts: (body) => ({ ...textFacts(body, 'documents', 'query'), stream: false }),
  formatFor: chooseFormat,
};

function chooseFormat({ vendor, dialect }: ProviderShape): OperationFormat | undefined {
  if (vendor === 'Cohere' || dialect === 'cohere') return cohere;
  if (dialect !== 'openai-chat') return undefined;
  if (vendor === 'Voyage') return voyage;
  return COHERE_SHAPED.has(vendor) ? cohereShaped : undefined;
}
