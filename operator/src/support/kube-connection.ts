import type { Dispatcher } from 'undici';
import type { ApiResult } from './kube-api.ts';

/** Where and as whom to send the next request. */
export interface ConnectionTarget {
  /** Shared by all requests with the same address and TLS material: a new one per request costs a handshake and a socket each. */
  readonly dispatcher: Dispatcher;
  /** `https://host:port` */
  readonly origin: string;
  /** Prefix of every path, without a trailing slash; usually empty. */
  readonly basePath: string;
  /** Authentication. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Credentials and certificates change on disk while the process runs, so the target is asked for before each request. */
export interface KubeConnection {
  target(): Promise<ApiResult<ConnectionTarget>>;
  close(): Promise<void>;
}
