import type { ModelConsumer, ModelProvider, RoutePolicy } from './kinds.gen.ts';

/** The object type of each kind. */
export interface KindObjects {
  readonly ModelProvider: ModelProvider;
  readonly RoutePolicy: RoutePolicy;
  readonly ModelConsumer: ModelConsumer;
}

export type KindName = keyof KindObjects;

/** The kinds in the order they are documented. */
export const KIND_NAMES: readonly KindName[] = ['ModelProvider', 'RoutePolicy', 'ModelConsumer'];

export function isKindName(name: unknown): name is KindName {
  return KIND_NAMES.some((kind) => kind === name);
}
