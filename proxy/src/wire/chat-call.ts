import type { Json, JsonObject } from './json.ts';

/**
 * The canonical form of a chat request: what every ingress dialect decodes to and every upstream dialect encodes from.
 * Used only when the two sides speak different dialects; between equal dialects the bytes pass through.
 */
export interface ChatCall {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly sampling: Sampling;
  readonly maxOutputTokens?: number;
  readonly stop: readonly string[];
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: ReasoningSettings;
  readonly stream: boolean;
  /** The caller asked for a usage chunk at the end of an OpenAI stream. */
  readonly includeUsage: boolean;
  readonly user?: string;
  /** Fields of the caller's dialect that have no canonical place, under their own names: each is a possible loss. */
  readonly rest: JsonObject;
  /** Dialect the call was decoded from: `rest` belongs to it, and losses are spelled in it. */
  readonly dialect?: string;
}

/** Order is kept; several system messages, also in mid-conversation, stay where the caller put them. */
export type ChatMessage =
  | ({ readonly role: 'system' | 'developer'; readonly parts: readonly ContentPart[]; readonly name?: string } & Placed)
  | ({ readonly role: 'user'; readonly parts: readonly ContentPart[]; readonly name?: string } & Placed)
  | ({ readonly role: 'assistant'; readonly parts: readonly AssistantPart[]; readonly name?: string; readonly opaque?: Opaque } & Placed)
  | ({
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly parts: readonly ContentPart[];
      readonly isError?: boolean;
      readonly opaque?: Opaque;
    } & Placed);

/** Where the caller wrote the message, for naming losses: `messages[3]`, `system`, `messages[3].content[0]`. */
export interface Placed {
  readonly at?: string;
  /** Index of the first part in the caller's content, where the message is one piece of a longer one. */
  readonly firstPart?: number;
}

/**
 * What belongs to a part but to one dialect only, by dialect id: `{'anthropic-messages': {cache_control: ...}}`. Put
 * back where that dialect is spoken, a named loss elsewhere.
 */
export type Opaque = JsonObject;

export type ContentPart =
  | { readonly type: 'text'; readonly text: string; readonly opaque?: JsonObject }
  | { readonly type: 'image'; readonly source: MediaSource; readonly detail?: string; readonly opaque?: JsonObject }
  | { readonly type: 'audio'; readonly data: string; readonly format: string; readonly opaque?: JsonObject }
  | { readonly type: 'file'; readonly source: MediaSource; readonly filename?: string; readonly opaque?: JsonObject }
  /** A part only one dialect knows; carried whole, a named loss where the target cannot take it. */
  | { readonly type: 'other'; readonly dialect: string; readonly value: JsonObject };

/** `opaque` (see Opaque) holds what belongs to the part but to one dialect: cache_control, citations, signatures. */
export type AssistantPart =
  | { readonly type: 'text'; readonly text: string; readonly opaque?: JsonObject }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string; readonly signature?: string; readonly opaque?: JsonObject }
  | { readonly type: 'redacted-reasoning'; readonly data: string }
  | {
      readonly type: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly argumentsJson: string;
      /** As of `ToolDefinition`. */
      readonly custom?: true;
      readonly opaque?: JsonObject;
    }
  | { readonly type: 'other'; readonly dialect: string; readonly value: JsonObject };

export type MediaSource =
  | { readonly type: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'file-id'; readonly id: string }
  /** A plain-text document, not encoded. */
  | { readonly type: 'text'; readonly mediaType: string; readonly text: string };

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema, carried without rewriting; absent when the caller gave none. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
  /** Takes free text: `parameters` and arguments are those of the function that stands for it (dialects/custom-tools.ts). */
  readonly custom?: true;
  readonly opaque?: JsonObject;
  /** A tool that only one dialect knows (run by the vendor, or of a kind without a schema), carried whole. */
  readonly other?: { readonly dialect: string; readonly value: JsonObject };
}

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string }
  /** One of these; `mode` auto lets the model answer in text instead. */
  | { readonly type: 'allowed'; readonly names: readonly string[]; readonly mode: 'auto' | 'required' };

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly n?: number;
}

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
      readonly description?: string;
    };

export interface ReasoningSettings {
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  readonly budgetTokens?: number;
  /** Anthropic's `adaptive`. */
  readonly adaptive?: boolean;
}

/** Something the target dialect cannot carry. `field` is in the caller's spelling, e.g. `messages[3].content[0].cache_control`. */
export interface Loss {
  readonly field: string;
  readonly reason: string;
  /** Without the field the call means something else: refused whatever the policy says. */
  readonly fatal?: true;
}

/** Result of parsing a piece of the caller's request. */
export type Decoded<T> =
  | { readonly type: 'ok'; readonly value: T }
  | { readonly type: 'invalid'; readonly message: string; readonly param?: string };

export type { Json, JsonObject };
