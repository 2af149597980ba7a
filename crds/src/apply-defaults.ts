import { DEFAULTS, type DefaultsNode } from './defaults.gen.ts';
import type { KindName } from './kind-name.ts';

/**
 * What the API server does before it validates: fields that are absent, or null, get the default of the schema. The
 * object is not changed; a value of the wrong type is left as it is for the validator to name.
 */
export function applyDefaults(kind: KindName, object: unknown): unknown {
  return withDefaults(DEFAULTS[kind], object);
}

function withDefaults(node: DefaultsNode, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = node.items;
    return items === undefined ? value : value.map((item) => withDefaults(items, item));
  }
  if (node.properties === undefined || typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [key, child] of Object.entries(node.properties)) {
    const given = result[key];
    if (given !== undefined && given !== null) result[key] = withDefaults(child, given);
    else if (child.value !== undefined) result[key] = structuredClone(child.value);
  }
  return result;
}
