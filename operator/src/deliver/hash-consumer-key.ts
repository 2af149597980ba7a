import { createHmac, randomBytes } from 'node:crypto';

/** hex HMAC-SHA256 of a consumer's key: the only form of it that leaves the operator. */
export function hashConsumerKey(keySalt: string, key: string): string {
  return createHmac('sha256', Buffer.from(keySalt, 'hex')).update(key).digest('hex');
}

/** hex, 32 random bytes. */
export function newKeySalt(): string {
  return randomBytes(32).toString('hex');
}
