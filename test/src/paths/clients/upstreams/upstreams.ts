import type { UpstreamDialectId } from '@headgate/crds';
import { anthropicBedrock, anthropicVertex } from './anthropic-envelopes.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { cohere } from './cohere.ts';
import { gemini } from './gemini.ts';
import { ollama } from './ollama.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { UpstreamScripts } from './upstream-scripts.ts';

/** A scripted provider of every dialect that providers speak; the type wants one for each. */
export const UPSTREAMS: Readonly<Record<UpstreamDialectId, UpstreamScripts>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  'anthropic-bedrock': anthropicBedrock,
  'anthropic-vertex': anthropicVertex,
  'bedrock-converse': bedrockConverse,
  gemini,
  cohere,
  ollama,
};
