import type { MediaSource } from './chat-call.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

/**
 * What any provider's answer is made of. Blocking answers fold the same events, so that each block type is handled
 * once. Order: message-start, deltas (tool-call-delta only after its tool-call-start), usage (last one wins), finish.
 */
export type StreamEvent =
  | { readonly type: 'message-start'; readonly id?: string; readonly model?: string; readonly createdSeconds?: number }
  | { readonly type: 'text-delta'; readonly text: string; readonly choice?: number }
  | { readonly type: 'refusal-delta'; readonly text: string; readonly choice?: number }
  | { readonly type: 'reasoning-delta'; readonly text: string; readonly choice?: number }
  /** Closes the reasoning block it signs. */
  | { readonly type: 'reasoning-signature'; readonly signature: string }
  | { readonly type: 'redacted-reasoning'; readonly data: string }
  | {
      readonly type: 'tool-call-start';
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly choice?: number;
      readonly opaque?: JsonObject;
    }
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly argumentsJson: string; readonly choice?: number }
  /** A picture that the model has made, whole. `opaque` as of a call. */
  | { readonly type: 'image'; readonly source: PictureSource; readonly choice?: number; readonly opaque?: JsonObject }
  /** A block only one dialect knows (server-side tool activity, citations): never shown as a call to answer. */
  | { readonly type: 'other'; readonly dialect: string; readonly value: JsonObject }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly choice?: number; readonly stopSequence?: string }
  /** The provider said it failed inside a 200. */
  | { readonly type: 'error'; readonly error: StreamError };

export type PictureSource = Extract<MediaSource, { readonly type: 'url' | 'base64' }>;

export interface FinishReason {
  readonly unified: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other';
  /** The provider's own word. */
  readonly raw: string;
}

export interface StreamError {
  readonly message: string;
  /** See `UpstreamError.raw`. */
  readonly raw?: string;
  /** The provider's own type or code, if it gave one. */
  readonly code?: string;
  readonly status?: number;
}

/** True for events that carry something the caller would see: they commit the answer. */
export function isContent(event: StreamEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
      return event.text.length > 0;
    case 'tool-call-start':
    case 'redacted-reasoning':
    case 'image':
      return true;
    case 'tool-call-delta':
      return event.argumentsJson.length > 0;
    default:
      return false;
  }
}
