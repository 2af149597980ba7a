import type { Pod } from './pod.ts';
import type { RenewalDeps } from './renewal.ts';
import type { TokenFetch } from './token-fetch.ts';

/** Time, randomness, network and surroundings of everything in this folder. */
export interface SigningDeps extends RenewalDeps {
  readonly fetch: TokenFetch;
  readonly pod: Pod;
}
