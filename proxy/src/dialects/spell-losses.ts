import type { Loss } from '../wire/chat-call.ts';

type Spelling = Readonly<Record<string, string>>;

const GEMINI_THINKING = 'generationConfig.thinkingConfig';

/** By dialect: what encoders name in the words of chat completions, as its callers know it. */
const SPELLINGS: Readonly<Record<string, Spelling>> = {
  'anthropic-messages': {
    reasoning_effort: 'thinking',
    parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
    response_format: 'output_config.format',
    stop: 'stop_sequences',
    user: 'metadata.user_id',
  },
  'openai-responses': {
    reasoning_effort: 'reasoning.effort',
    'thinking.type': 'reasoning.effort',
    thinking: 'reasoning.effort',
    response_format: 'text.format',
    'response_format.json_schema.description': 'text.format.description',
    'response_format.json_schema.schema': 'text.format.schema',
  },
  gemini: {
    temperature: 'generationConfig.temperature',
    top_p: 'generationConfig.topP',
    top_k: 'generationConfig.topK',
    frequency_penalty: 'generationConfig.frequencyPenalty',
    presence_penalty: 'generationConfig.presencePenalty',
    seed: 'generationConfig.seed',
    n: 'generationConfig.candidateCount',
    stop: 'generationConfig.stopSequences',
    response_format: 'generationConfig.responseMimeType',
    'response_format.json_schema.schema': 'generationConfig.responseSchema',
    reasoning: GEMINI_THINKING,
    reasoning_effort: GEMINI_THINKING,
    'reasoning_effort.budget_tokens': `${GEMINI_THINKING}.thinkingBudget`,
    thinking: GEMINI_THINKING,
    'thinking.type': GEMINI_THINKING,
    'thinking.budget_tokens': `${GEMINI_THINKING}.thinkingBudget`,
    tool_choice: 'toolConfig.functionCallingConfig',
    parallel_tool_calls: 'toolConfig.functionCallingConfig',
  },
};

/**
 * Losses under the names that the caller's dialect has for the fields.
 * @param caller id of the dialect
 */
export function spellLosses(losses: readonly Loss[], caller: string): readonly Loss[] {
  const spelling = SPELLINGS[caller];
  if (spelling === undefined || losses.length === 0) return losses;
  return losses.map((loss) => {
    const field = spelling[loss.field];
    return field === undefined ? loss : { ...loss, field };
  });
}
