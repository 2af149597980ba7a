import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import { camelMembers } from './camel-case.ts';

/** Counts are int64 in Google's schema, which JSON carries as text. */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);
/** Members that hold one schema, a list of schemas, or schemas by name. */
const NESTED = new Set(['items', 'additionalProperties', 'anyOf', 'oneOf', 'allOf', 'prefixItems']);
const NAMED = new Set(['properties', '$defs', 'defs']);

/**
 * Google's `Schema` (a subset of OpenAPI 3.0 with upper-case types and `nullable`) to JSON Schema. Everything that
 * means the same in both is kept as it is, names of properties in any case.
 */
export function jsonSchemaOf(schema: JsonObject): JsonObject {
  const converted: [string, Json][] = [];
  const members = camelMembers(schema);
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || name === 'nullable') continue;
    const kept = member(name, value);
    if (kept !== undefined) converted.push([name, kept]);
  }
  const result: JsonObject = Object.fromEntries(converted);
  return members['nullable'] === true ? nullable(result) : result;
}

function member(name: string, value: Json): Json | undefined {
  if (name === 'type') return typeName(value);
  if (COUNTS.has(name) && typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  if (NESTED.has(name)) return nested(value);
  const named = NAMED.has(name) ? asObject(value) : undefined;
  if (named === undefined) return value;
  return Object.fromEntries(Object.entries(named).map(([key, schema]) => [key, schema === undefined ? {} : nested(schema)]));
}

function nested(value: Json): Json {
  const list = asArray(value);
  if (list !== undefined) return list.map(nested);
  const schema = asObject(value);
  return schema === undefined ? value : jsonSchemaOf(schema);
}

function typeName(value: Json): Json | undefined {
  const name = asString(value);
  if (name === undefined) return value;
  return name === 'TYPE_UNSPECIFIED' ? undefined : name.toLowerCase();
}

function nullable(schema: JsonObject): JsonObject {
  const values = asArray(schema['enum']);
  const withNull = values === undefined || values.includes(null) ? {} : { enum: [...values, null] };
  const type = asString(schema['type']);
  if (type !== undefined && type !== 'null') return { ...schema, type: [type, 'null'], ...withNull };
  const choices = asArray(schema['anyOf']);
  return choices === undefined ? { ...schema, ...withNull } : { ...schema, anyOf: [...choices, { type: 'null' }] };
}
