import type { Capability, ProviderResource } from '@headgate/crds';
import type { Loss } from '../wire/chat-call.ts';
import type { ChatFacts } from '../wire/chat-facts.ts';
import type { JsonObject } from '../wire/json.ts';
import type { OperationId } from '../wire/operation-id.ts';
import type { Usage } from '../wire/usage.ts';

/** Operations whose answers are not made of chat events. */
export type SideOperationId = Exclude<OperationId, 'chat' | 'count-tokens' | 'completions' | 'realtime'>;

/** Shapes beside OpenAI's in which callers ask for an operation: the method that a path of Google's ends with. */
export type OperationSpelling = 'embedContent' | 'batchEmbedContents' | 'predict';

/** What of a provider decides how it is asked. */
export type ProviderShape = Pick<ProviderResource, 'vendor' | 'dialect' | 'basePath' | 'paths'>;

/**
 * Something a model can be asked for beside chat, in the shape in which callers ask. Pure. One file + one line in
 * registry.ts + one fixture folder; the contract suite runs every fixture.
 */
export interface Operation {
  readonly id: SideOperationId;
  /** Paths of callers, all POST; none where the path names the model as well. */
  readonly paths: readonly string[];
  /** A model whose capabilities are known must have this one. */
  readonly capability: Capability;
  /** How the call travels: bodies of `multipart` calls are read as an object of their text fields. */
  readonly body: 'json' | 'multipart';
  /** Asked for where the caller names none and the operation lets it. */
  readonly defaultModel?: string;
  /** What routing needs to know of a call; total over any JSON object. */
  readFacts(body: JsonObject): ChatFacts;
  /** How a provider takes the operation; undefined = it has none. */
  formatFor(provider: ProviderShape): OperationFormat | undefined;
}

/** How one family of vendors spells an operation. */
export interface OperationFormat {
  /** Path at the provider, its base path included. */
  path(provider: ProviderShape, model: string): string;
  /** Absent: the caller's bytes go out with only the model's name replaced. */
  encodeCall?(body: JsonObject, model: string): EncodedCall;
  /** A 2xx JSON body. */
  decodeAnswer(answer: JsonObject, call: AnsweredCall): SideAnswer;
  /** Answers that are not JSON (audio, text, events) are passed on as they arrive. */
  readonly passesMedia: boolean;
}

export type EncodedCall =
  | { readonly type: 'ok'; readonly body: JsonObject; readonly losses: readonly Loss[] }
  /** This vendor cannot take what the call holds; another may. */
  | { readonly type: 'refused'; readonly message: string; readonly param?: string };

/** What an answer has to fit. */
export interface AnsweredCall {
  readonly body: JsonObject;
  /** Name the caller asked for. */
  readonly model: string;
  /** For answers that need an id and have none. */
  readonly requestId: string;
}

export type SideAnswer =
  /** Without `body` the provider's bytes go on as they are. */
  | { readonly type: 'answer'; readonly body?: JsonObject; readonly usage: Usage | undefined }
  | { readonly type: 'invalid'; readonly message: string };
