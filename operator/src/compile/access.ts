import type { PolicyAccess } from '@headgate/crds';
import { choiceOf, fieldsOf } from './fields.ts';
import type { Findings } from './findings.ts';
import { selectorLabels } from './selectors.ts';

/**
 * Reads `spec.access` of a policy in `own`. What cannot be understood narrows to Same without anonymous callers: an
 * error in a manifest must never let more people in.
 */
export function readAccess(own: string, spec: unknown, findings: Findings): PolicyAccess {
  const fields = fieldsOf(spec);
  const anonymous = fields['anonymous'] === true;
  const from = fields['from'] === undefined || fields['from'] === null ? 'Same' : choiceOf(fields['from'], ['Same', 'All', 'Selector']);
  if (from === 'All') return { from, matchLabels: {}, namespaces: [], anonymous };
  const matchLabels = from === 'Selector' ? selectorLabels(fields) : undefined;
  if (from === 'Selector' && matchLabels !== undefined) return { from, matchLabels, namespaces: [], anonymous };
  if (from !== 'Same')
    findings.partial('`access` needs `from` Same, All, or Selector with labels; only consumers of this namespace may call');
  return { from: 'Same', matchLabels: {}, namespaces: [own], anonymous };
}
