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

/** Dialects that chats of every kind can be had in; Replicate's is text in one piece (proxy-replicate.test.ts). */
export type ScriptedDialectId = Exclude<UpstreamDialectId, 'replicate'>;

/** A scripted provider of each of them; the type wants one for each. */
export const UPSTREAMS: Readonly<Record<ScriptedDialectId, UpstreamScripts>> = {
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
