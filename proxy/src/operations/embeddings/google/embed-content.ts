import { asCount, asObject } from '../../../wire/read-json.ts';
import type { EmbedMethod } from './embed-method.ts';
import { readRequest, writeUsage } from './read-content.ts';

/** One content, one vector (https://ai.google.dev/api/embeddings#method:-models.embedcontent). */
export const embedContent: EmbedMethod = {
  name: 'embedContent',
  readRequests: (body) => [readRequest(body)],
  renameModel: ({ model: _fromPath, ...body }, resourceName) => (resourceName === undefined ? body : { ...body, model: resourceName }),
  readVectors: (answer) => [asObject(answer['embedding'])?.['values']],
  readTokens: (answer) => asCount(asObject(answer['usageMetadata'])?.['promptTokenCount']),
  writeAnswer: ([values], promptTokens) => ({ embedding: { values }, ...writeUsage(promptTokens) }),
};
