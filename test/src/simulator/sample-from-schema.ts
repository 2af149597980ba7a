import { type JsonObject, type JsonValue, listOf, numberOf, objectOf, stringOf } from './json.ts';

const MAX_DEPTH = 12;

/**
 * A value that a JSON Schema accepts, for tool arguments and JSON answers: deterministic, every listed property
 * present, texts taken from `text` (what the caller said).
 */
export function sampleFromSchema(schema: JsonObject, text: string): JsonValue {
  return sample(schema, text, schema, 0);
}

function sample(schema: JsonObject, text: string, root: JsonObject, depth: number): JsonValue {
  if (depth > MAX_DEPTH) return null;
  const reference = stringOf(schema['$ref']);
  if (reference !== undefined) return sample(dereference(root, reference), text, root, depth + 1);
  if (schema['const'] !== undefined) return schema['const'];
  const choice = listOf(schema['enum'])[0];
  if (choice !== undefined) return choice;
  const alternative = listOf(schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'])[0];
  if (alternative !== undefined) return sample(objectOf(alternative), text, root, depth + 1);
  return sampleOfType(schema, text, root, depth);
}

function sampleOfType(schema: JsonObject, text: string, root: JsonObject, depth: number): JsonValue {
  switch (typeOf(schema)) {
    case 'object': {
      const properties = Object.entries(objectOf(schema['properties']));
      return Object.fromEntries(properties.map(([name, value]) => [name, sample(objectOf(value), text, root, depth + 1)]));
    }
    case 'array': {
      const length = Math.max(1, numberOf(schema['minItems']) ?? 1);
      return Array.from({ length }, () => sample(objectOf(schema['items']), text, root, depth + 1));
    }
    case 'integer':
    case 'number':
      return numberOf(schema['minimum']) ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return text.slice(0, numberOf(schema['maxLength']) ?? 200);
  }
}

function typeOf(schema: JsonObject): string {
  const type = schema['type'];
  const first = Array.isArray(type) ? type[0] : type;
  return typeof first === 'string' ? first : schema['properties'] === undefined ? 'string' : 'object';
}

/** Only references inside the same document: `#/$defs/address`. */
function dereference(root: JsonObject, reference: string): JsonObject {
  let node: JsonObject = root;
  for (const part of reference.split('/').slice(1)) node = objectOf(node[part]);
  return node;
}
