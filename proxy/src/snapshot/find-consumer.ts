import { timingSafeEqual } from 'node:crypto';
import type { Consumer, Snapshot } from './snapshot.ts';

/**
 * The consumer that holds `apiKey`, or undefined. Only salted hashes are looked up, so the time taken says nothing about
 * how much of a guessed key was right; the final comparison is constant-time as well.
 */
export function findConsumer(snapshot: Snapshot, apiKey: string): Consumer | undefined {
  const recalled = snapshot.keyHasher.recall(apiKey);
  if (recalled !== undefined) return snapshot.consumersByKeyHash.get(recalled);
  const hash = snapshot.keyHasher.hash(apiKey);
  const consumer = snapshot.consumersByKeyHash.get(hash);
  if (consumer === undefined || !ownsHash(consumer, Buffer.from(hash, 'hex'))) return undefined;
  snapshot.keyHasher.remember(apiKey, hash);
  return consumer;
}

function ownsHash(consumer: Consumer, presented: Buffer): boolean {
  return consumer.resource.keyHashes.some((known) => {
    const bytes = Buffer.from(known, 'hex');
    return bytes.length === presented.length && timingSafeEqual(bytes, presented);
  });
}
