import type { OperationId } from '../wire/operation-id.ts';
import { embeddings } from './embeddings/embeddings.ts';
import { batchEmbedContents } from './embeddings/google/batch-embed-contents.ts';
import { embedContent } from './embeddings/google/embed-content.ts';
import { googleEmbeddings } from './embeddings/google/google-embeddings.ts';
import { predict } from './embeddings/google/predict.ts';
import { speech, transcriptions, translations } from './media/audio.ts';
import { imageEdits, imageGenerations, imageVariations } from './media/images.ts';
import { moderations } from './moderations/moderations.ts';
import type { Operation, OperationSpelling, SideOperationId } from './operation.ts';
import { rerank } from './rerank/rerank.ts';

/** Operations beside chat, one line each; contract.test.ts holds each of them to the same promises. */
export const OPERATIONS: Readonly<Record<SideOperationId, Operation>> = {
  embeddings,
  rerank,
  moderations,
  'image-generations': imageGenerations,
  'image-edits': imageEdits,
  'image-variations': imageVariations,
  speech,
  transcriptions,
  translations,
};

/** Operations in other shapes than OpenAI's, by the method that asks for them. */
export const SPELLINGS: Readonly<Record<OperationSpelling, Operation>> = {
  embedContent: googleEmbeddings(embedContent),
  batchEmbedContents: googleEmbeddings(batchEmbedContents),
  predict: googleEmbeddings(predict),
};

const BY_PATH: ReadonlyMap<string, Operation> = new Map(
  Object.values(OPERATIONS).flatMap((operation) => operation.paths.map((path) => [path, operation] as const)),
);
const BY_ID: ReadonlyMap<OperationId, Operation> = new Map(Object.values(OPERATIONS).map((operation) => [operation.id, operation]));

/** The operation that is served at a path, if one is. */
export function operationAt(path: string): Operation | undefined {
  return BY_PATH.get(path);
}

/** Undefined for the operations that are answered in chat events. */
export function findOperation(id: OperationId, spelling?: OperationSpelling): Operation | undefined {
  return spelling === undefined ? BY_ID.get(id) : SPELLINGS[spelling];
}
