import type { DialectId } from '@headgate/crds';
import type { ListedModel } from '../snapshot/list-models.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { JsonObject } from '../wire/json.ts';

export type ModelsAnswer =
  | { readonly type: 'document'; readonly document: JsonObject }
  | { readonly type: 'refused'; readonly error: CallerError };

interface ModelsShape {
  readonly model: (model: ListedModel) => JsonObject;
  readonly list: (data: readonly JsonObject[], models: readonly ListedModel[]) => JsonObject;
}

const OPENAI: ModelsShape = { model: openaiModel, list: (data) => ({ object: 'list', data }) };
const SHAPES: Readonly<Record<DialectId, ModelsShape>> = {
  'openai-chat': OPENAI,
  'openai-responses': OPENAI,
  'anthropic-messages': { model: anthropicModel, list: anthropicPage },
  gemini: { model: geminiModel, list: (models) => ({ models }) },
};

/** `GET /v1/models` and `GET /v1/models/{id}` in the caller's dialect: the names the caller may ask for. */
export function describeModels(models: readonly ListedModel[], wanted: string | undefined, dialect: DialectId): ModelsAnswer {
  const { model: describe, list } = SHAPES[dialect];
  if (wanted === undefined) return { type: 'document', document: list(models.map(describe), models) };
  const found = models.find(({ name }) => name === wanted);
  if (found !== undefined) return { type: 'document', document: describe(found) };
  return {
    type: 'refused',
    error: callerError('model_not_found', 'There is no such model for this key. GET /v1/models lists what it may use.', { param: 'model' }),
  };
}

function openaiModel({ name, createdSeconds, policy }: ListedModel): JsonObject {
  return { id: name, object: 'model', created: createdSeconds, owned_by: policy.resource.namespace };
}

function anthropicModel({ name, createdSeconds }: ListedModel): JsonObject {
  return { type: 'model', id: name, display_name: name, created_at: new Date(createdSeconds * 1000).toISOString() };
}

function geminiModel({ name }: ListedModel): JsonObject {
  return {
    name: `models/${name}`,
    displayName: name,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  };
}

function anthropicPage(data: readonly JsonObject[], models: readonly ListedModel[]): JsonObject {
  return { data, has_more: false, first_id: models[0]?.name ?? null, last_id: models.at(-1)?.name ?? null };
}
