import { applyDefaults } from './apply-defaults.ts';
import { checkRules, type RuleViolation } from './check-rules.ts';
import type { KindName, KindObjects } from './kind-name.ts';
import type { Validation } from './validation.ts';
import { validateObject } from './validators.ts';

/**
 * What the API server does with an object on its way in: defaults, then the schema, then (only when the schema holds)
 * the rules. The value is the object with its defaults; an error reads `spec.baseURL: <message of the rule>`.
 *
 * @param waived rules not to apply; `headgate dev` waives LOCAL_URL_MESSAGE
 */
export function admitObject<K extends KindName>(
  kind: K,
  object: unknown,
  waived: (violation: RuleViolation) => boolean = () => false,
): Validation<KindObjects[K]> {
  const validation = validateObject(kind, applyDefaults(kind, object));
  if (validation.type === 'invalid') return validation;
  const violations = checkRules(kind, validation.value).filter((violation) => !waived(violation));
  if (violations.length === 0) return validation;
  return { type: 'invalid', errors: violations.map(({ path, message }) => `${path}: ${message}`) };
}
