import type { OperationFormat } from '../operation.ts';
import { openaiEmbeddings, readOpenaiEmbeddings } from './openai-embeddings.ts';

/** Jina: OpenAI's shape; its own word for the encoding is `embedding_type`, so floats are asked for and packed here. */
export const jinaEmbeddings: OperationFormat = {
  path: openaiEmbeddings.path,
  encodeCall: (body, model) => {
    const { encoding_format: _packedHere, user, ...rest } = body;
    const losses = user === undefined ? [] : [{ field: 'user', reason: 'Jina does not take it' }];
    return { type: 'ok', losses, body: { ...rest, model } };
  },
  decodeAnswer: readOpenaiEmbeddings,
  passesMedia: false,
};
