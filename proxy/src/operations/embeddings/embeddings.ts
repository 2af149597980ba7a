import type { Operation, OperationFormat, ProviderShape } from '../operation.ts';
import { textFacts } from '../side-facts.ts';
import { cohereEmbeddings } from './cohere-embeddings.ts';
import { geminiEmbeddings } from './gemini-embeddings.ts';
import { jinaEmbeddings } from './jina-embeddings.ts';
import { ollamaEmbeddings } from './ollama-embeddings.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { vertexEmbeddings } from './vertex-embeddings.ts';
import { voyageEmbeddings } from './voyage-embeddings.ts';

const BY_VENDOR: Readonly<Record<string, OperationFormat>> = { Voyage: voyageEmbeddings, Jina: jinaEmbeddings };

/** Vectors for texts, in OpenAI's shape. */
export const embeddings: Operation = {
  id: 'embeddings',
  paths: ['/v1/embeddings'],
  capability: 'Embeddings',
  body: 'json',
  readFacts: (body) => ({ ...textFacts(body, 'input'), stream: false }),
  formatFor: chooseFormat,
};

function chooseFormat({ vendor, dialect, paths }: ProviderShape): OperationFormat | undefined {
  // A path of its own is one in OpenAI's shape, whatever the provider chats in.
  if (paths?.embeddings !== undefined) return BY_VENDOR[vendor] ?? openaiEmbeddings;
  switch (dialect) {
    case 'openai-chat':
    case 'openai-responses':
      return BY_VENDOR[vendor] ?? openaiEmbeddings;
    case 'gemini':
      return vendor === 'VertexAI' ? vertexEmbeddings : geminiEmbeddings;
    case 'cohere':
      return cohereEmbeddings;
    case 'ollama':
      return ollamaEmbeddings;
    default:
      return undefined;
  }
}
