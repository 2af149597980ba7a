import type { Json, JsonObject } from '../../../wire/json.ts';
import type { OperationSpelling } from '../../operation.ts';

/** One text of a call, and what is wanted of its vector. */
export interface EmbedRequest {
  /** undefined: there is something other than text in it. */
  readonly text: string | undefined;
  /** `taskType`, `title`, `outputDimensionality` and what else was said, in camel case. */
  readonly settings: JsonObject;
}

/** One of the methods by which Google's callers ask for vectors. */
export interface EmbedMethod {
  readonly name: OperationSpelling;
  /** Total over any JSON object. */
  readRequests(body: JsonObject): readonly EmbedRequest[];
  /** The body with this name for the model wherever the caller's stands (undefined = nowhere): everything else is left alone. */
  renameModel(body: JsonObject, resourceName: string | undefined): JsonObject;
  /** The vectors of an answer in this shape, in order. */
  readVectors(answer: JsonObject): readonly (Json | undefined)[];
  readTokens(answer: JsonObject): number | undefined;
  writeAnswer(vectors: readonly (readonly Json[])[], promptTokens: number | undefined): JsonObject;
}
