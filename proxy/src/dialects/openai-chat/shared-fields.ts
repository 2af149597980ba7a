/** Members that OpenAI's chat completions and responses have in common, with one meaning: carried between the two. */
export const SHARED_FIELDS: readonly string[] = [
  'metadata',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'store',
];
