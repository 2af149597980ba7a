import type { KindName } from './kind-name.ts';
import { type Rule, rule } from './rule.ts';

/** Names callers use: `assistant`, `vendor/model`, `team/*`, `*`. */
export function modelNameRule(kind: KindName): Rule {
  return rule<string>(
    kind,
    'spec.models[]',
    '`models` must be names such as assistant, prefixes that end in /* such as team/*, or * alone',
    (name) => /^([*]|[A-Za-z0-9][-A-Za-z0-9._:@]*(\/[A-Za-z0-9][-A-Za-z0-9._:@]*)*(\/[*])?)$/.test(name),
  );
}
