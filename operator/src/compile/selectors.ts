import { type Fields, fieldsOf, labelsOf } from './fields.ts';

/**
 * The `matchLabels` of a `{selector: {matchLabels}}` member. `undefined` when absent, empty or malformed: an empty
 * selector would match everything, which nobody may get by a slip.
 */
export function selectorLabels(holder: Fields): Readonly<Record<string, string>> | undefined {
  const labels = labelsOf(fieldsOf(holder['selector'])['matchLabels']);
  return labels === undefined || Object.keys(labels).length === 0 ? undefined : labels;
}

/** Whether `labels` carries every label of the selector with exactly that value. */
export function matchesLabels(labels: Readonly<Record<string, string>>, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);
}
