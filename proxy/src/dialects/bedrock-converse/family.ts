/** Models that Converse passes fields of their own to. */
export type Family = 'claude' | 'nova' | 'gpt-oss' | 'gpt' | 'qwen' | 'other';

/** `us.anthropic.claude-...`, `anthropic.claude-...`, and the same inside the ARN of an inference profile. */
export function familyOf(model: string): Family {
  if (model.includes('anthropic.claude')) return 'claude';
  if (model.includes('amazon.nova-2')) return 'nova';
  if (model.includes('qwen.qwen3')) return 'qwen';
  if (model.includes('openai.gpt-oss')) return 'gpt-oss';
  return model.includes('openai.gpt-') ? 'gpt' : 'other';
}
