import { randomBytes } from 'node:crypto';

/**
 * Ids that are unique over processes and ordered within one: 16 random hex digits of the process, then a count. Cheaper
 * than a UUID per request; nothing depends on their being hard to guess.
 */
export function createRequestIds(process: string = randomBytes(8).toString('hex')): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${process}-${count.toString(16).padStart(8, '0')}`;
  };
}
