import { createHash, timingSafeEqual } from 'node:crypto';

export type ProxyIdentity =
  /** `podName` is set when the token is bound to a pod: the proxy may then speak only under that name. */
  | { readonly type: 'Authenticated'; readonly podName: string | undefined }
  | { readonly type: 'Refused'; readonly reason: string }
  /** Nobody could be asked. */
  | { readonly type: 'Unavailable'; readonly reason: string };

/** Says who holds a bearer token. Never throws; every outcome is a value. */
export interface ProxyAuthenticator {
  authenticate(token: string): Promise<ProxyIdentity>;
}

/** The token of an `Authorization: Bearer ...` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(header)?.[1];
}

/** One shared token: for `headgate dev`, where operator and proxies are started by the same process. */
export function staticTokenAuthenticator(token: string): ProxyAuthenticator {
  const expected = digest(token);
  return {
    authenticate: (presented) =>
      Promise.resolve(
        timingSafeEqual(digest(presented), expected)
          ? { type: 'Authenticated', podName: undefined }
          : { type: 'Refused', reason: 'unknown token' },
      ),
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
