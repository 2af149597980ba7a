import type { EncodedCall } from '../operation.ts';

/** Token numbers mean something only to the vocabulary they were made with. */
export function refuseTokens(vendor: string): EncodedCall {
  return { type: 'refused', message: `${vendor} embeds texts; lists of token numbers cannot be translated`, param: 'input' };
}
