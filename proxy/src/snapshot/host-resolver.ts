import type { LookupAddress } from 'node:dns';
import type { Clock } from '../support/clock.ts';

/** Asks the system for every address of a host. */
export type SystemLookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Answers younger than this are used without asking again: bursts of new connections cost one look-up. */
const FRESH_MS = 5_000;
/** When the resolver fails or hangs, an answer up to this old is better than an outage. */
const STALE_MS = 60_000;
const DEADLINE_MS = 5_000;
const MAX_HOSTS = 10_000;

interface Answer {
  readonly addresses: readonly LookupAddress[];
  readonly atMs: number;
}

/**
 * Resolves host names with one question in flight per host (a resolver that hangs for one host holds one thread of the
 * pool, not all), a deadline, and the last answer for up to 60 s when there is no new one.
 */
export class HostResolver {
  readonly #lookup: SystemLookup;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #answers = new Map<string, Answer>();
  readonly #inFlight = new Map<string, Promise<Answer>>();

  constructor(lookup: SystemLookup, clock: Clock, deadlineMs: number = DEADLINE_MS) {
    this.#lookup = lookup;
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
  }

  /** Rejects with the resolver's own error, or with code ETIMEOUT. */
  async resolve(hostname: string): Promise<readonly LookupAddress[]> {
    const known = this.#answers.get(hostname);
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonicMs() - known.atMs;
    if (known !== undefined && ageMs <= FRESH_MS) return known.addresses;
    try {
      return (await withDeadline(this.#ask(hostname), this.#deadlineMs, hostname)).addresses;
    } catch (error) {
      if (known !== undefined && ageMs <= STALE_MS) return known.addresses;
      throw error;
    }
  }

  #ask(hostname: string): Promise<Answer> {
    const asked = this.#inFlight.get(hostname);
    if (asked !== undefined) return asked;
    const question = this.#lookup(hostname)
      .then((addresses) => {
        const answer = { addresses, atMs: this.#clock.monotonicMs() };
        if (this.#answers.size >= MAX_HOSTS) this.#answers.clear();
        this.#answers.set(hostname, answer);
        return answer;
      })
      .finally(() => this.#inFlight.delete(hostname));
    this.#inFlight.set(hostname, question);
    return question;
  }
}

async function withDeadline<T>(promise: Promise<T>, deadlineMs: number, hostname: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const fail = (): void => reject(Object.assign(new Error(`no answer for ${hostname} within ${deadlineMs} ms`), { code: 'ETIMEOUT' }));
    timer = setTimeout(fail, deadlineMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
