import { choiceOf, fieldsOf, labelsOf } from './fields.ts';
import type { ObjectScope } from './object-scope.ts';
import { matchesLabels, selectorLabels } from './selectors.ts';

/** Which namespaces' policies may route to a provider. */
export type NamespaceAccess = (namespace: string) => boolean;

/**
 * Reads `spec.allowedNamespaces` of a provider. The provider's own namespace always may; what cannot be
 * understood opens nothing.
 */
export function readNamespaceAccess(scope: ObjectScope, spec: unknown): NamespaceAccess {
  const { world, namespace: own, findings } = scope;
  const fields = fieldsOf(spec);
  const from = fields['from'] === undefined || fields['from'] === null ? 'Same' : choiceOf(fields['from'], ['Same', 'All', 'Selector']);
  if (from === 'All') return () => true;
  const selector = from === 'Selector' ? selectorLabels(fields) : undefined;
  if (selector !== undefined) {
    return (namespace) => namespace === own || matchesLabels(labelsOf(world.namespaces.get(namespace)) ?? {}, selector);
  }
  if (from !== 'Same')
    findings.partial('`allowedNamespaces` needs `from` Same, All, or Selector with labels; only this namespace may route here');
  return (namespace) => namespace === own;
}
