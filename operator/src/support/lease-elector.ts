import type { Clock, Timer } from './clock.ts';
import type { Count } from './counters.ts';
import type { ApiError, ApiResult, KubeApi } from './kube-api.ts';
import type { KubeObject } from './kube-object.ts';
import { RESOURCES } from './kube-resource.ts';
import { type Lease, type LeaseSpec, microTime } from './lease.ts';
import type { Logger } from './logger.ts';

/** Defaults of client-go and controller-runtime. */
const LEASE_DURATION_MS = 15_000;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_PERIOD_MS = 2_000;
/** client-go's JitterFactor: candidates that lost the same leader do not ask in step. */
const RETRY_JITTER = 1.2;

/** Limit for one request of the elector, on a client of its own, so that one hung request does not cost the leadership. */
export const LEASE_REQUEST_TIMEOUT_MS: number = Math.max(1_000, RENEW_DEADLINE_MS / 2);

export interface LeaseElectorOptions {
  /** Opened with `requestTimeoutMs: LEASE_REQUEST_TIMEOUT_MS`. */
  readonly api: KubeApi;
  readonly namespace: string;
  readonly name: string;
  /** Unique per process, e.g. `<pod>_<uuid>`: a restarted process must not take its predecessor's lease for its own. */
  readonly identity: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly count: Count;
}

interface Observation {
  readonly lease: Lease;
  /** Monotonic time at which this record was first seen. */
  readonly sinceMs: number;
}

interface Tenure {
  readonly term: number;
  /** Start of the last request that renewed it, by both clocks. */
  readonly renewedMs: number;
  readonly renewedWallMs: number;
}

/**
 * Leader election over a Lease. Clocks of other machines are never compared: a lease has run out when its record has not
 * changed for its duration by our own monotonic clock (client-go's rule).
 *
 * A leader that was paused, or cut off from the API server, stops being one 10 s after the start of its last renewal, which
 * is 5 s before anyone else may take over. `isLeader()` is computed when asked, so a process that wakes up after a pause
 * gets "no" before any timer has run; a suspended machine, whose monotonic clock stood still, is caught by the wall clock.
 */
export class LeaseElector {
  readonly #options: LeaseElectorOptions;
  readonly #listeners: ((leader: boolean) => void)[] = [];
  #observed: Observation | undefined;
  #tenure: Tenure | undefined;
  #highestTerm = 0;
  #announced = false;
  #running = false;
  #tickTimer: Timer | undefined;
  #expiryTimer: Timer | undefined;
  #attempt: Promise<void> = Promise.resolve();

  constructor(options: LeaseElectorOptions) {
    this.#options = options;
  }

  /** Called with every change, after `isLeader()` has changed; must not throw. */
  onChange(listener: (leader: boolean) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#tick();
  }

  /** Whether this process may act now. Ask before every write, not once per round of work. */
  isLeader(): boolean {
    const tenure = this.#tenure;
    if (tenure === undefined || !this.#running) return false;
    const { clock } = this.#options;
    return clock.monotonic() - tenure.renewedMs < RENEW_DEADLINE_MS && clock.now() - tenure.renewedWallMs < RENEW_DEADLINE_MS;
  }

  /** Fencing token: `leaseTransitions` of the own tenure, higher than that of every leader before; 0 when not leader. */
  term(): number {
    return this.isLeader() ? (this.#tenure?.term ?? 0) : 0;
  }

  /** Stops acting first, then gives the lease back so that the next leader need not wait for it to run out. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#tickTimer?.cancel();
    this.#announce();
    await this.#attempt;
    this.#expiryTimer?.cancel();
    this.#tenure = undefined;
    await this.#release();
  }

  #tick(): void {
    this.#attempt = this.#tryOnce()
      // A bug must not end the election: without a next round nobody would ever lead again.
      .catch((error: unknown) => this.#options.logger.error({ err: error }, 'round of the leader election threw'))
      .then(() => this.#scheduleTick());
  }

  #scheduleTick(): void {
    if (!this.#running) return;
    const factor = this.isLeader() ? 1 : 1 + this.#options.random() * (RETRY_JITTER - 1);
    this.#tickTimer = this.#options.clock.setTimeout(() => this.#tick(), RETRY_PERIOD_MS * factor);
  }

  async #tryOnce(): Promise<void> {
    const known = this.#observed?.lease;
    const tenure = this.#tenure;
    if (known !== undefined && tenure !== undefined && this.#isOwn(known)) {
      const error = await this.#claim(known, tenure.term, known.spec?.acquireTime);
      // A conflict or a missing lease: somebody touched it, so look before writing again.
      if (error === undefined || (error.status !== 409 && error.status !== 404)) return this.#report('renewed', error);
    }
    const { api, namespace, name } = this.#options;
    const read = await api.get(RESOURCES.leases, { namespace, name });
    if (read.type === 'error' && read.error.status !== 404) return this.#report('acquired', read.error);
    const current: Lease | undefined = read.type === 'ok' ? read.value : undefined;
    this.#observe(current);
    if (current !== undefined && !this.#mayTake(current)) {
      this.#tenure = undefined;
      return this.#report('held', undefined);
    }
    const own = tenure !== undefined && this.#isOwn(current);
    const error = await this.#claim(current, own ? tenure.term : this.#highestTerm + 1, own ? current?.spec?.acquireTime : undefined);
    this.#report(own ? 'renewed' : 'acquired', error);
  }

  /** Writes ourselves into the lease, only over the version that was read: of two candidates one gets a conflict. */
  async #claim(current: Lease | undefined, term: number, acquireTime: string | undefined): Promise<ApiError | undefined> {
    const { clock, identity } = this.#options;
    const renewedMs = clock.monotonic();
    const renewedWallMs = clock.now();
    const written = await this.#write(current, {
      ...current?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: LEASE_DURATION_MS / 1000,
      acquireTime: acquireTime ?? microTime(renewedWallMs),
      renewTime: microTime(renewedWallMs),
      leaseTransitions: term,
    });
    if (written.type === 'error') return written.error;
    this.#observe(written.value);
    this.#tenure = { term, renewedMs, renewedWallMs };
    this.#armExpiry();
    return undefined;
  }

  #observe(lease: Lease | undefined): void {
    if (lease === undefined) {
      this.#observed = undefined;
      return;
    }
    this.#highestTerm = Math.max(this.#highestTerm, lease.spec?.leaseTransitions ?? 0);
    if (this.#observed?.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return;
    this.#observed = { lease, sinceMs: this.#options.clock.monotonic() };
  }

  #isOwn(lease: Lease | undefined): boolean {
    return lease?.spec?.holderIdentity === this.#options.identity;
  }

  #mayTake(lease: Lease): boolean {
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder === '' || this.#isOwn(lease)) return true;
    const durationMs = (lease.spec?.leaseDurationSeconds ?? LEASE_DURATION_MS / 1000) * 1000;
    return this.#observed !== undefined && this.#options.clock.monotonic() - this.#observed.sinceMs >= durationMs;
  }

  #write(current: Lease | undefined, spec: LeaseSpec): Promise<ApiResult<KubeObject>> {
    const { api, namespace, name } = this.#options;
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: current?.metadata ?? { name, namespace }, spec };
    return current === undefined ? api.create(RESOURCES.leases, lease) : api.replace(RESOURCES.leases, lease);
  }

  async #release(): Promise<void> {
    const lease = this.#observed?.lease;
    if (!this.#isOwn(lease) || lease === undefined) return;
    const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(this.#options.clock.now()) };
    const released = await this.#write(lease, spec);
    if (released.type === 'error') this.#options.logger.warn({ error: released.error }, 'lease could not be given back, it will run out');
  }

  #report(outcome: 'acquired' | 'renewed' | 'held', error: ApiError | undefined): void {
    const lost = error?.status === 409;
    this.#options.count('lease_attempts_total', { outcome: error === undefined ? outcome : lost ? 'held' : 'error' });
    if (error !== undefined && !lost) this.#options.logger.warn({ error, lease: this.#options.name }, 'lease request failed');
    this.#announce();
  }

  /** Tells listeners in time even when no request comes back. */
  #armExpiry(): void {
    this.#expiryTimer?.cancel();
    this.#expiryTimer = this.#options.clock.setTimeout(() => this.#announce(), RENEW_DEADLINE_MS);
  }

  #announce(): void {
    const leader = this.isLeader();
    if (leader === this.#announced) return;
    this.#announced = leader;
    const { logger, identity } = this.#options;
    logger.info({ identity, term: this.#tenure?.term ?? 0, leader }, leader ? 'became leader' : 'is no longer leader');
    for (const listener of this.#listeners) listener(leader);
  }
}
