import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DialectId } from '@headgate/crds';
import type { Caller } from '../snapshot/snapshot.ts';
import type { ReceivedCall } from './parse-call.ts';
import type { RequestHead } from './request-head.ts';
import type { Route } from './route.ts';
import type { Upgrade } from './upgrade.ts';

/** One request of a caller from its first byte to its last. Stages fill in what they learn, for the log. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: RequestHead;
  readonly requestId: string;
  /** Monotonic ms. */
  readonly startedAtMs: number;
  /** Dialect of errors; of the call too once there is one. */
  readonly dialect: DialectId;
  /** Undefined when the head was refused before a route could be told. */
  readonly route: Route | undefined;
  /** Set when the caller asks to switch to a WebSocket. */
  readonly upgrade: Upgrade | undefined;
  caller: Caller | undefined;
  call: ReceivedCall | undefined;
}
