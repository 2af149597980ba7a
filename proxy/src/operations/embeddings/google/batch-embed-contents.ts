import type { Json } from '../../../wire/json.ts';
import { asArray, asObject } from '../../../wire/read-json.ts';
import { embedContent } from './embed-content.ts';
import type { EmbedMethod } from './embed-method.ts';
import { readRequest, writeUsage } from './read-content.ts';

/** Many at once, each with its own settings: what `@google/genai` asks for, even for one content. */
export const batchEmbedContents: EmbedMethod = {
  name: 'batchEmbedContents',
  readRequests: (body) => (asArray(body['requests']) ?? []).map(readRequest),
  renameModel: ({ model: _fromPath, ...body }, resourceName) => ({
    ...body,
    requests: asArray(body['requests'])?.map((request): Json => ({ ...asObject(request), model: resourceName })),
  }),
  readVectors: (answer) => (asArray(answer['embeddings']) ?? []).map((item) => asObject(item)?.['values']),
  readTokens: embedContent.readTokens,
  writeAnswer: (vectors, promptTokens) => ({ embeddings: vectors.map((values) => ({ values })), ...writeUsage(promptTokens) }),
};
