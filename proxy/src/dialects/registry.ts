import type { DialectId, UpstreamDialectId } from '@headgate/crds';
import { anthropicBedrock } from './anthropic-envelopes/anthropic-bedrock.ts';
import { anthropicVertex } from './anthropic-envelopes/anthropic-vertex.ts';
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse/bedrock-converse.ts';
import { cohere } from './cohere/cohere.ts';
import type { Dialect, UpstreamDialect } from './dialect.ts';
import { gemini } from './gemini/gemini.ts';
import { ollama } from './ollama/ollama.ts';
import { openaiChat } from './openai-chat/openai-chat.ts';
import { openaiResponses } from './openai-responses/openai-responses.ts';
import { replicate } from './replicate/replicate.ts';

/** Wire formats that callers and providers speak, one line each; contract.test.ts holds each of them to the same promises. */
export const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
};

/** Everything a provider may speak: the above, and what no caller does. */
export const UPSTREAM_DIALECTS: Readonly<Record<UpstreamDialectId, UpstreamDialect>> = {
  ...DIALECTS,
  'anthropic-bedrock': anthropicBedrock,
  'anthropic-vertex': anthropicVertex,
  'bedrock-converse': bedrockConverse,
  cohere,
  ollama,
  replicate,
};
