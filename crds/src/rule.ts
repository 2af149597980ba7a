import type { KindName } from './kind-name.ts';

/**
 * The TypeScript twin of one CEL rule (`x-kubernetes-validations`) of a CRD, for objects that come from files and meet
 * no API server. `kind`, `path` and `message` name the CEL rule; rules.test.ts holds both against the same samples.
 */
export interface Rule {
  readonly kind: KindName;
  /** Where the rule sits, e.g. `spec.rules[].match.inputTokens`. */
  readonly path: string;
  readonly message: string;
  /** Called with every value at `path` of an object that has its defaults and is valid against the schema. */
  readonly holds: (value: unknown) => boolean;
}

/** A rule of one kind whose `holds` knows the type at `path`: the schema was checked before. */
export function rule<T>(kind: KindName, path: string, message: string, holds: (value: T) => boolean): Rule {
  return { kind, path, message, holds: (value) => holds(value as T) };
}
