import { createHash } from 'node:crypto';
import type { Clock } from '../support/clock.ts';
import type { KubeApi, TokenReview } from '../support/kube-api.ts';
import type { ProxyAuthenticator, ProxyIdentity } from './authenticate-proxy.ts';

const ACCEPTED_FOR_MS = 5 * 60_000;
const REFUSED_FOR_MS = 10_000;
const MAX_CACHED_TOKENS = 2_000;
const POD_NAME = 'authentication.kubernetes.io/pod-name';

export interface TokenReviewSettings {
  readonly audience: string;
  /** `system:serviceaccount:<namespace>:<name>` of the proxies. */
  readonly username: string;
}

interface CachedIdentity {
  readonly identity: ProxyIdentity;
  readonly reviewAgainAtMs: number;
  /** `exp` of the token, ms since 1970; 0 when it names none. */
  readonly expiresAtMs: number;
}

/**
 * Asks the API server whose token it is. Answers are kept by the hash of the token for min(5 min, `exp`), refusals for
 * 10 s. While the API server is away an answer that is too old but whose token has not expired still counts: proxies must
 * be able to reconnect in an outage.
 */
export class TokenReviewAuthenticator implements ProxyAuthenticator {
  readonly #api: Pick<KubeApi, 'reviewToken'>;
  readonly #settings: TokenReviewSettings;
  readonly #clock: Clock;
  readonly #cache = new Map<string, CachedIdentity>();

  constructor(api: Pick<KubeApi, 'reviewToken'>, settings: TokenReviewSettings, clock: Clock) {
    this.#api = api;
    this.#settings = settings;
    this.#clock = clock;
  }

  async authenticate(token: string): Promise<ProxyIdentity> {
    const name = createHash('sha256').update(token).digest('base64');
    const nowMs = this.#clock.now();
    const known = this.#cache.get(name);
    if (known !== undefined && nowMs < known.reviewAgainAtMs) return known.identity;
    const review = await this.#api.reviewToken(token, [this.#settings.audience]);
    if (review.type === 'error') {
      if (known?.identity.type === 'Authenticated' && nowMs < known.expiresAtMs) return known.identity;
      return { type: 'Unavailable', reason: `TokenReview failed: ${review.error.message}` };
    }
    const identity = this.#judge(review.value);
    const expiresAtMs = expiryMs(token);
    const keepMs = identity.type === 'Authenticated' ? ACCEPTED_FOR_MS : REFUSED_FOR_MS;
    const untilMs = expiresAtMs === 0 ? nowMs + keepMs : Math.min(nowMs + keepMs, expiresAtMs);
    this.#remember(name, { identity, reviewAgainAtMs: untilMs, expiresAtMs });
    return identity;
  }

  #judge(review: TokenReview): ProxyIdentity {
    if (!review.authenticated) return { type: 'Refused', reason: review.error ?? 'the token is not valid' };
    if (!review.audiences.includes(this.#settings.audience)) {
      return { type: 'Refused', reason: `the token is not for audience ${this.#settings.audience}` };
    }
    if (review.username !== this.#settings.username) return { type: 'Refused', reason: `${review.username} is not the proxies' account` };
    return { type: 'Authenticated', podName: review.extra[POD_NAME]?.[0] };
  }

  #remember(name: string, cached: CachedIdentity): void {
    this.#cache.delete(name);
    this.#cache.set(name, cached);
    if (this.#cache.size <= MAX_CACHED_TOKENS) return;
    const oldest = this.#cache.keys().next();
    if (oldest.done !== true) this.#cache.delete(oldest.value);
  }
}

/** `exp` of a JWT in ms since 1970; 0 when there is none. Only for caching: the API server is who verifies. */
function expiryMs(token: string): number {
  const payload = token.split('.')[1];
  if (payload === undefined) return 0;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null && 'exp' in claims && typeof claims.exp === 'number') return claims.exp * 1000;
  } catch {
    // Not a JWT: then there is no expiry to respect.
  }
  return 0;
}
