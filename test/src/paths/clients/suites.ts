import { aiSdkSuites } from './ai-sdk-suite.ts';
import { anthropicSuite } from './anthropic-suite.ts';
import { azureOpenaiSuite } from './azure-openai-suite.ts';
import type { ClientSuite } from './client-suite.ts';
import { aiSdkOperationsSuite, langchainEmbeddingsSuite } from './framework-operations-suites.ts';
import { googleEmbeddingsSuite } from './google-embeddings-suite.ts';
import { googleGenaiSuite } from './google-genai-suite.ts';
import { langchainSuites } from './langchain-suite.ts';
import { openaiChatSuite } from './openai-chat-suite.ts';
import { openaiEmbeddingsSuite } from './openai-embeddings-suite.ts';
import { openaiFilesSuite } from './openai-files-suite.ts';
import { openaiAudioSuite, openaiImagesSuite } from './openai-media-suites.ts';
import { openaiCompletionsSuite, openaiModerationsSuite, openaiRerankSuite } from './openai-operations-suites.ts';
import { openaiResponsesSuite } from './openai-responses-suite.ts';

/** Every client, one line each. */
export const SUITES: readonly ClientSuite[] = [
  openaiChatSuite,
  openaiResponsesSuite,
  openaiCompletionsSuite,
  openaiEmbeddingsSuite,
  openaiImagesSuite,
  openaiAudioSuite,
  openaiModerationsSuite,
  openaiRerankSuite,
  openaiFilesSuite,
  azureOpenaiSuite,
  anthropicSuite,
  googleGenaiSuite,
  googleEmbeddingsSuite,
  ...aiSdkSuites,
  aiSdkOperationsSuite,
  ...langchainSuites,
  langchainEmbeddingsSuite,
];
