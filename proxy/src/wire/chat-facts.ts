import type { CallFacts } from './call-facts.ts';

/** The part of `CallFacts` that the request body tells. */
export type ChatFacts = Omit<CallFacts, 'operation' | 'filesAt' | 'rawHeaders' | 'consumer'>;
