import type { TokenReview } from './kube-api.ts';
import { isRecord } from './kube-failure.ts';

/** Reads the status of a TokenReview; anything that is not a clear yes is a no. */
export function readTokenReview(body: unknown): TokenReview {
  const status = isRecord(body) && isRecord(body['status']) ? body['status'] : {};
  const user = isRecord(status['user']) ? status['user'] : {};
  const extra = isRecord(user['extra']) ? user['extra'] : {};
  return {
    authenticated: status['authenticated'] === true,
    username: text(user['username']) ?? '',
    uid: text(user['uid']) ?? '',
    groups: texts(user['groups']),
    extra: Object.fromEntries(Object.entries(extra).map(([name, values]) => [name, texts(values)])),
    audiences: texts(status['audiences']),
    error: text(status['error']),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
