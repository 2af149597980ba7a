import type { ReasoningSettings, ResponseFormat, Sampling } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import { FieldReader } from '../field-reader.ts';
import type { Problems } from '../problems.ts';
import { camelMembers } from './camel-case.ts';
import { jsonSchemaOf } from './json-schema.ts';

export interface DecodedGenerationConfig {
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly maxOutputTokens?: number;
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: ReasoningSettings;
  readonly rest: JsonObject;
}

export function decodeGenerationConfig(body: FieldReader, problems: Problems): DecodedGenerationConfig {
  const config = camelMembers(body.object('generationConfig') ?? {});
  const fields = new FieldReader(config, 'generationConfig', problems);
  const sampling = defined({
    temperature: fields.number('temperature'),
    topP: fields.number('topP'),
    topK: fields.number('topK'),
    frequencyPenalty: fields.number('frequencyPenalty'),
    presencePenalty: fields.number('presencePenalty'),
    seed: fields.number('seed'),
    n: fields.number('candidateCount'),
  });
  const stop = (fields.array('stopSequences') ?? []).flatMap((item, index) => {
    if (typeof item === 'string') return [item];
    fields.problem(`stopSequences[${index}]`, 'must be a string');
    return [];
  });
  const known = defined({
    maxOutputTokens: fields.number('maxOutputTokens'),
    responseFormat: decodeResponseFormat(config, fields),
    reasoning: decodeThinking(fields, problems),
  });
  return { sampling, stop, ...known, rest: fields.rest() };
}

/** A schema in Google's notation, in JSON Schema, or in the latter under its older name. */
function decodeResponseFormat(config: JsonObject, fields: FieldReader): ResponseFormat | undefined {
  const type = config['responseMimeType'];
  // An enum instead of JSON is Gemini's alone: left in `rest`, to be named where it cannot go.
  if (type !== 'application/json' && type !== 'text/plain') return undefined;
  fields.any('responseMimeType');
  if (type === 'text/plain') return { type: 'text' };
  const own = fields.object('responseSchema');
  const older = fields.object('_responseJsonSchema');
  const schema = fields.object('responseJsonSchema') ?? older ?? (own && jsonSchemaOf(own));
  return schema === undefined ? { type: 'json-object' } : { type: 'json-schema', name: 'response', schema };
}

/** `thinkingConfig`: a level (Gemini 3), a budget (2.5; -1 = the model decides, 0 = off), or only the wish to see thoughts. */
function decodeThinking(fields: FieldReader, problems: Problems): ReasoningSettings | undefined {
  const config = asObject(fields.any('thinkingConfig'));
  if (config === undefined) return undefined;
  const thinking = new FieldReader(camelMembers(config), `${fields.path}.thinkingConfig`, problems);
  const level = thinking.string('thinkingLevel')?.toLowerCase();
  const budget = thinking.number('thinkingBudget');
  const effort = LEVELS.find((known) => known === level);
  if (effort !== undefined) return { effort };
  if (budget === 0) return { effort: 'none' };
  if (budget !== undefined && budget > 0) return { budgetTokens: budget };
  return budget !== undefined || thinking.boolean('includeThoughts') === true ? { adaptive: true } : undefined;
}

const LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
