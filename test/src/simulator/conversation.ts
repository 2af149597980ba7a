import type { JsonObject } from './json.ts';

/** What the simulator needs to know of a call, in whichever dialect it came. */
export interface Conversation {
  readonly model: string;
  /** Text of the last user message. */
  readonly lastUserText: string;
  /** Text of the tool results after the last answer; empty when the call does not bring any. */
  readonly toolResults: readonly string[];
  readonly promptTokens: number;
  readonly tools: readonly ToolDeclaration[];
  readonly toolChoice: ToolChoice;
  /** Schema the answer must meet; an empty one accepts any object. */
  readonly answerSchema?: JsonObject;
  /** Absent = no bound. */
  readonly maxTokens?: number;
  readonly stopSequences: readonly string[];
  readonly stream: boolean;
  /** A stream ends with a usage record (OpenAI's `stream_options.include_usage`). */
  readonly streamUsage: boolean;
}

export interface ToolDeclaration {
  readonly name: string;
  readonly parameters: JsonObject;
}

export type ToolChoice = { readonly type: 'auto' } | { readonly type: 'none' } | { readonly type: 'tool'; readonly name: string };

export type ConversationParse =
  | { readonly type: 'conversation'; readonly conversation: Conversation }
  | { readonly type: 'invalid'; readonly message: string };
