import type { Json, JsonObject } from '../wire/json.ts';
import { asArray, asNumber, asObject, asString } from '../wire/read-json.ts';
import type { Problems } from './problems.ts';

/**
 * Reads the members of one object of a caller's body, notes wrong types as problems, and remembers what was read, so
 * that everything else can be kept as `rest`. null counts as absent: SDKs send it for options that are not set.
 */
export class FieldReader {
  readonly path: string;
  private readonly body: JsonObject;
  private readonly problems: Problems;
  private readonly taken = new Set<string>();

  constructor(body: JsonObject, path: string, problems: Problems) {
    this.body = body;
    this.path = path;
    this.problems = problems;
  }

  number(name: string): number | undefined {
    return this.typed(name, asNumber, 'a number');
  }

  string(name: string): string | undefined {
    return this.typed(name, asString, 'a string');
  }

  boolean(name: string): boolean | undefined {
    return this.typed(name, (value) => (typeof value === 'boolean' ? value : undefined), 'true or false');
  }

  object(name: string): JsonObject | undefined {
    return this.typed(name, asObject, 'an object');
  }

  array(name: string): readonly Json[] | undefined {
    return this.typed(name, asArray, 'an array');
  }

  /** One of several types: the caller of this method checks. */
  any(name: string): Json | undefined {
    this.taken.add(name);
    return this.body[name] ?? undefined;
  }

  /** Whether the member is there, without reading it. */
  has(name: string): boolean {
    return this.body[name] !== undefined && this.body[name] !== null;
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) this.problem(name, 'is required');
    return value ?? '';
  }

  requiredArray(name: string): readonly Json[] {
    const value = this.array(name);
    if (value === undefined) this.problem(name, 'is required');
    return value ?? [];
  }

  problem(name: string, message: string): void {
    this.problems.add(this.at(name), message);
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** Members that nobody has read, without nulls. */
  rest(): JsonObject {
    const rest: Record<string, Json> = {};
    for (const [name, value] of Object.entries(this.body)) {
      if (!this.taken.has(name) && value !== undefined && value !== null) rest[name] = value;
    }
    return rest;
  }

  private typed<T>(name: string, as: (value: Json) => T | undefined, expected: string): T | undefined {
    this.taken.add(name);
    const value = this.body[name];
    if (value === undefined || value === null) return undefined;
    const typed = as(value);
    if (typed === undefined) this.problem(name, `must be ${expected}`);
    return typed;
  }
}
