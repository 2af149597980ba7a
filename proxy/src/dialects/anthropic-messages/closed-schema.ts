import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject } from '../../wire/read-json.ts';

/** Members that hold a schema or a list of them, and members that hold schemas by name. */
const NESTED = ['items', 'prefixItems', 'anyOf', 'allOf', 'oneOf', 'not', 'if', 'then', 'else'];
const NAMED = ['properties', '$defs', 'definitions'];
/** What Anthropic refuses in the schema of an answer. */
const REFUSED = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
]);

export interface ClosedSchema {
  readonly schema: JsonObject;
  /** An object was open only because nothing was said; whatever fits the closed one fits the original. */
  readonly closed: boolean;
  /** Constraints that were left out: an answer need not keep to them. */
  readonly removed: ReadonlySet<string>;
}

/**
 * The schema of an answer as Anthropic takes it (structured outputs, JSON Schema limitations): every object closed, no
 * bounds of numbers, texts and lists. Schemas of tools need none of this.
 */
export function closeSchema(schema: JsonObject): ClosedSchema {
  const changes = { closed: false, removed: new Set<string>() };
  return { schema: close(schema, changes), ...changes };
}

interface Changes {
  closed: boolean;
  readonly removed: Set<string>;
}

function close(schema: JsonObject, changes: Changes): JsonObject {
  const result: Record<string, Json | undefined> = { ...schema };
  for (const name of Object.keys(result)) {
    if (REFUSED.has(name) || (name === 'minItems' && (schema[name] ?? 0) !== 0 && schema[name] !== 1)) {
      delete result[name];
      changes.removed.add(name);
    }
  }
  for (const name of NESTED) if (result[name] !== undefined) result[name] = nested(result[name], changes);
  for (const name of NAMED) {
    const schemas = asObject(result[name]);
    if (schemas !== undefined)
      result[name] = Object.fromEntries(Object.entries(schemas).map(([key, inner]) => [key, nested(inner ?? {}, changes)]));
  }
  if (isObjectSchema(schema) && schema['additionalProperties'] === undefined) {
    result['additionalProperties'] = false;
    changes.closed = true;
  }
  return result;
}

function nested(value: Json, changes: Changes): Json {
  const list = asArray(value);
  if (list !== undefined) return list.map((item) => nested(item, changes));
  const schema = asObject(value);
  return schema === undefined ? value : close(schema, changes);
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || (type === undefined && properties !== undefined);
}
