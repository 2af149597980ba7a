import { aiSdkSuites } from './ai-sdk-suite.ts';
import { anthropicSuite } from './anthropic-suite.ts';
import { azureOpenaiSuite } from './azure-openai-suite.ts';
import type { ClientSuite } from './client-suite.ts';
import { googleGenaiSuite } from './google-genai-suite.ts';
import { langchainSuites } from './langchain-suite.ts';
import { openaiChatSuite } from './openai-chat-suite.ts';
import { openaiEmbeddingsSuite } from './openai-embeddings-suite.ts';
import { openaiResponsesSuite } from './openai-responses-suite.ts';

/** Every client, one line each. */
export const SUITES: readonly ClientSuite[] = [
  openaiChatSuite,
  openaiResponsesSuite,
  openaiEmbeddingsSuite,
  azureOpenaiSuite,
  anthropicSuite,
  googleGenaiSuite,
  ...aiSdkSuites,
  ...langchainSuites,
];
