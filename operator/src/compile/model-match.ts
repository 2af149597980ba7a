import type { ModelMatch } from '@headgate/crds';
import { listOf, textOf } from './fields.ts';
import { type Findings, quoted } from './findings.ts';

const MAX_NAMES = 64;

/**
 * Reads a list of model names as callers write them: exact (`assistant`), everything below a prefix (`team/*`) or all (`*`).
 * Malformed entries are left out with a finding, repeated ones silently.
 */
export function readModelMatches(listed: unknown, field: string, findings: Findings): readonly ModelMatch[] {
  const matches = new Map<string, ModelMatch>();
  for (const entry of listOf(listed, MAX_NAMES)) {
    const name = textOf(entry);
    const star = name?.indexOf('*') ?? -1;
    if (name === undefined || /\s/.test(name) || (star !== -1 && !/^(?:[^*]*\/)?\*$/.test(name))) {
      findings.partial(
        `\`${field}\`: ${quoted(entry)} must be a name such as assistant, a prefix such as team/*, or * alone; it is left out`,
      );
    } else {
      matches.set(name, star === -1 ? { type: 'Exact', name } : { type: 'Prefix', prefix: name.slice(0, -1) });
    }
  }
  return [...matches.values()];
}

/** The name as callers and manifests write it. */
export function modelMatchText(match: ModelMatch): string {
  return match.type === 'Exact' ? match.name : `${match.prefix}*`;
}
