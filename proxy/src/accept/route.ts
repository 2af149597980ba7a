import type { DialectId } from '@headgate/crds';
import type { OperationSpelling } from '../operations/operation.ts';
import type { CallFacts } from '../wire/call-facts.ts';

/** A call, as far as its path tells about it. */
export interface CallRoute {
  readonly type: CallFacts['operation'];
  readonly dialect: DialectId;
  /** Model that the path names; it goes before one in the body. */
  readonly model?: string;
  /** What the path says of streaming; absent = the body does. */
  readonly stream?: boolean;
  /** The stream is one JSON array instead of server-sent events (Gemini without `alt=sse`). */
  readonly framing?: 'json-array';
  /** Set where the path asks in another shape than OpenAI's. */
  readonly spelling?: OperationSpelling;
}

/** Files and batches: kept by a provider, passed through as they are. */
export interface ResourceRoute {
  readonly type: 'files' | 'batches';
  readonly dialect: DialectId;
  readonly action: 'create' | 'list' | 'read' | 'content' | 'delete' | 'cancel';
  /** As the caller knows it; undefined for `create` and `list`. */
  readonly id: string | undefined;
}

/** What a caller asks for, told by method and path alone. */
export type Route =
  | CallRoute
  | ResourceRoute
  | { readonly type: 'models'; readonly dialect: DialectId; readonly model: string | undefined }
  | { readonly type: 'wrong-method'; readonly dialect: DialectId; readonly allow: string }
  | { readonly type: 'unknown'; readonly dialect: DialectId };
