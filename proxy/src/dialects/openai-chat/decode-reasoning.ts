import type { ReasoningSettings } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import { asNumber, asObject, asString } from '../../wire/read-json.ts';
import type { FieldReader } from '../field-reader.ts';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** A known effort, or undefined. */
export function effortFrom(text: string | undefined): ReasoningSettings['effort'] {
  return EFFORTS.find((effort) => effort === text);
}

/**
 * `reasoning_effort` (OpenAI), `reasoning {effort, max_tokens, enabled}` (OpenRouter) and `thinking {type, budget_tokens}`
 * (DeepSeek, Fireworks, Z.ai, Moonshot), whichever the caller used.
 */
export function decodeReasoning(fields: FieldReader): ReasoningSettings | undefined {
  const plain = fields.string('reasoning_effort');
  const router = asObject(fields.any('reasoning'));
  const thinking = asObject(fields.any('thinking'));
  const type = asString(thinking?.['type']);
  if (plain !== undefined && effortFrom(plain) === undefined) fields.problem('reasoning_effort', `must be one of ${EFFORTS.join(', ')}`);
  const off = router?.['enabled'] === false || type === 'disabled' ? 'none' : undefined;
  const settings = defined({
    effort: effortFrom(plain) ?? effortFrom(asString(router?.['effort'])) ?? off ?? (router?.['enabled'] === true ? 'medium' : undefined),
    budgetTokens: asNumber(router?.['max_tokens']) ?? asNumber(thinking?.['budget_tokens']),
    adaptive: type === 'adaptive' || undefined,
  });
  return Object.keys(settings).length === 0 ? undefined : settings;
}
