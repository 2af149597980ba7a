import type { ReasoningSettings, ResponseFormat } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { FieldReader } from '../field-reader.ts';
import type { Problems } from '../problems.ts';

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** `thinking {type, budget_tokens}`; its other members (`display`) are left over. */
export function decodeThinking(fields: FieldReader): { readonly reasoning: ReasoningSettings; readonly rest: JsonObject } {
  const { type, budget_tokens: budget, ...rest } = fields.object('thinking') ?? {};
  const reasoning = defined({
    effort: type === 'disabled' ? ('none' as const) : undefined,
    budgetTokens: type === 'enabled' ? asNumber(budget) : undefined,
    adaptive: type === 'adaptive' || undefined,
  });
  return { reasoning, rest };
}

/** `output_config {effort, format}`, and the earlier top-level `output_format`. */
export function decodeOutputConfig(
  fields: FieldReader,
  problems: Problems,
): { readonly effort: ReasoningSettings['effort']; readonly responseFormat: ResponseFormat | undefined; readonly rest: JsonObject } {
  const { effort, format, ...rest } = fields.object('output_config') ?? {};
  const known = EFFORTS.find((word) => word === effort);
  if (typeof effort === 'string' && known === undefined) problems.add('output_config.effort', `must be one of ${EFFORTS.join(', ')}`);
  const wanted = asObject(format) ?? fields.object('output_format');
  fields.any('output_format');
  return { effort: known, responseFormat: wanted === undefined ? undefined : schemaFormat(wanted, problems), rest };
}

function schemaFormat(format: JsonObject, problems: Problems): ResponseFormat | undefined {
  const schema = asObject(format['schema']);
  if (format['type'] !== 'json_schema' || schema === undefined) {
    problems.add('output_config.format', 'must be json_schema with a schema');
    return undefined;
  }
  return { type: 'json-schema', name: asString(format['name']) ?? 'response', schema };
}
