import type { UpstreamError } from '../wire/failure.ts';

/** What a signature may cover. */
export interface RequestToAuthorize {
  readonly method: 'GET' | 'POST';
  /** As in the `host` header. */
  readonly host: string;
  /** With its query, as sent. */
  readonly path: string;
  readonly body: Uint8Array;
}

export type Authorization =
  /** Headers to add, as a flat [name, value, ...] array. */
  | { readonly type: 'headers'; readonly headers: readonly string[] }
  /** The request cannot be authorized, so it must not be sent; what it says about the key is in the reason. */
  | { readonly type: 'failure'; readonly error: UpstreamError };

/**
 * Authorizes requests where the key cannot simply be sent along: one per key. Never rejects and never throws; answers at
 * once, without a promise, whenever it has what it needs.
 */
export interface Authorizer {
  /** What it gives holds for the very request that it was shown, body included; else for any request. */
  readonly signsBody: boolean;
  authorize(request: RequestToAuthorize): Authorization | Promise<Authorization>;
  /** The provider has refused what was handed out last: it is not handed out again. */
  discard(): void;
}
