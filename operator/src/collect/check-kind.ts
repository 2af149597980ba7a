import {
  admitObject,
  isKindName,
  KIND_NAMES,
  LOCAL_URL_MESSAGE,
  type ModelConsumer,
  type ModelProvider,
  type RoutePolicy,
} from '@headgate/crds';
import type { FieldProblem } from './manifest-problem.ts';

export type CheckedKind =
  | { readonly type: 'ModelProvider'; readonly object: ModelProvider }
  | { readonly type: 'RoutePolicy'; readonly object: RoutePolicy }
  | { readonly type: 'ModelConsumer'; readonly object: ModelConsumer }
  | { readonly type: 'Invalid'; readonly problems: readonly FieldProblem[] };

/**
 * Defaults, schema and rules of a kind, as the API server applies them; but a provider of the folder may be on the local
 * machine, where `headgate dev` itself runs.
 */
export function checkKind(kind: string, document: unknown): CheckedKind {
  if (!isKindName(kind)) return { type: 'Invalid', problems: [{ field: 'kind', message: `must be one of ${KIND_NAMES.join(', ')}` }] };
  const admitted = admitObject(kind, document, ({ message }) => message === LOCAL_URL_MESSAGE);
  if (admitted.type === 'invalid') return { type: 'Invalid', problems: admitted.errors.map(toProblem) };
  const object = admitted.value;
  switch (object.kind) {
    case 'ModelProvider':
      return { type: object.kind, object };
    case 'RoutePolicy':
      return { type: object.kind, object };
    case 'ModelConsumer':
      return { type: object.kind, object };
  }
}

/** Errors begin with the path of the field: `spec.models[0].name must be ...` or `spec.baseURL: ...`. */
function toProblem(error: string): FieldProblem {
  const parts = /^((?:apiVersion|kind|metadata|spec)[^\s:]*):? (.*)$/s.exec(error);
  return parts === null ? { field: '', message: error } : { field: parts[1] ?? '', message: parts[2] ?? error };
}
