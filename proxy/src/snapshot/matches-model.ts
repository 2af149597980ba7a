import type { ModelMatch } from '@headgate/crds';

/** Whether `name` is the exact name, or starts with the prefix. */
export function matchesModel(match: ModelMatch, name: string): boolean {
  return match.type === 'Exact' ? match.name === name : name.startsWith(match.prefix);
}
