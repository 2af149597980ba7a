import type { Opaque } from '../wire/chat-call.ts';
import type { JsonObject } from '../wire/json.ts';
import { asObject } from '../wire/read-json.ts';

/** Wraps what a part carries for one dialect only; undefined when there is nothing. */
export function opaqueFor(dialect: string, fields: JsonObject): Opaque | undefined {
  return Object.keys(fields).length === 0 ? undefined : { [dialect]: fields };
}

/** What a part carries for this dialect. */
export function ownFields(opaque: Opaque | undefined, dialect: string): JsonObject {
  return (opaque && asObject(opaque[dialect])) ?? {};
}

/** What a part carries for other dialects. */
export function foreignFields(opaque: Opaque | undefined, dialect: string): JsonObject {
  let fields: JsonObject = {};
  for (const [owner, value] of Object.entries(opaque ?? {})) {
    if (owner !== dialect) fields = { ...fields, ...asObject(value) };
  }
  return fields;
}
