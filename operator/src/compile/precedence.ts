import type { ModelMatch } from '@headgate/crds';
import { compareText } from './object-identity.ts';

/** One name that one policy wants to answer to. */
export interface ModelClaim {
  readonly match: ModelMatch;
  /** RFC 3339 in UTC; '' = unknown, which counts as the youngest. */
  readonly createdAt: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * The one order in which claims to a model name are served; negative = `a` first. Exact names before prefixes, longer
 * prefixes before shorter ones, then the older policy, then namespace and name in code-unit order (Gateway API,
 * GEP-713). Total and antisymmetric, so that the same policies give the same table whatever order they arrive in.
 */
export function compareClaims(a: ModelClaim, b: ModelClaim): number {
  return (
    specificity(b.match) - specificity(a.match) ||
    compareText(a.createdAt || '~', b.createdAt || '~') ||
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name)
  );
}

function specificity(match: ModelMatch): number {
  return match.type === 'Exact' ? Number.MAX_SAFE_INTEGER : match.prefix.length;
}
