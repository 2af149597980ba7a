import type { Policy } from '../snapshot/snapshot.ts';
import type { CallFacts } from '../wire/call-facts.ts';

/** What the cache stage says about a call. A hit carries the answer to replay. */
export type CacheLookup<Answer> = { readonly type: 'miss' } | { readonly type: 'hit'; readonly answer: Answer; readonly ageMs: number };

/** The place for answer caches in the pipeline. */
export interface AnswerCache<Answer> {
  lookup(facts: CallFacts, policy: Policy): CacheLookup<Answer>;
}

export const CACHE_MISS: CacheLookup<never> = { type: 'miss' };

/** Without a cache the stage costs this one comparison. */
export function lookupAnswer<Answer>(cache: AnswerCache<Answer> | undefined, facts: CallFacts, policy: Policy): CacheLookup<Answer> {
  return cache === undefined ? CACHE_MISS : cache.lookup(facts, policy);
}
