import type { Clock, Timer } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import { type CertifiedKey, issueAuthority, issueLeaf, LEAF_LIFETIME_MS } from './certificate-issuer.ts';
import type { CertificateStore, StoredCertificate } from './certificate-store.ts';
import { isSignedBy, readCertificate } from './read-certificate.ts';

const RENEW_LEAF_BEFORE_END_MS = LEAF_LIFETIME_MS / 2;
const RENEW_AUTHORITY_BEFORE_END_MS = 30 * 24 * 3_600_000;
const CHECK_EVERY_MS = 10 * 60_000;
const RETRY_MS = 2_000;
/** Races with other replicas end after one round; more means that the store plays tricks. */
const MAX_CONFLICTS = 5;

export interface ControlCertificateOptions {
  readonly store: CertificateStore;
  /** DNS names and addresses by which proxies reach the control port. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  /** A leaf that differs from the one before is in use from now on. */
  readonly onRenewed: (leaf: CertifiedKey) => void;
}

/**
 * Keeps the certificate of the control port: an authority of 10 years and a leaf of 24 hours that is renewed at 12, both
 * shared by all replicas through the store. Whichever replica notices first renews; the others adopt. With the store away
 * the leaf is renewed in memory, so that an outage of the API server does not end the control stream.
 */
export class ControlCertificate {
  readonly #options: ControlCertificateOptions;
  #current: StoredCertificate | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: ControlCertificateOptions) {
    this.#options = options;
  }

  /** PEM of the authority that proxies must trust; undefined before `start` resolved. */
  authorityPem(): string | undefined {
    return this.#current?.authority.certPem;
  }

  /** Resolves with the first leaf; waits for the store as long as it takes. Undefined = stopped meanwhile. */
  async start(): Promise<CertifiedKey | undefined> {
    while (!this.#stopped) {
      const reason = await this.#check();
      if (this.#current !== undefined) {
        this.#schedule();
        return this.#current.leaf;
      }
      this.#options.log.warn({ reason }, 'control certificate cannot be read or written yet');
      await new Promise<void>((resolve) => {
        this.#timer = this.#options.clock.setTimeout(resolve, RETRY_MS);
      });
    }
    return undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#check()
        .then((reason) => {
          if (reason !== undefined) this.#options.log.warn({ reason }, 'control certificate was not checked against the store');
        })
        .catch((error: unknown) => this.#options.log.error({ error: String(error) }, 'control certificate check failed'))
        .finally(() => {
          if (!this.#stopped) this.#schedule();
        });
    }, CHECK_EVERY_MS);
  }

  /** One round of adopt-or-renew; returns why the store could not take part. */
  async #check(): Promise<string | undefined> {
    const { store, hosts, clock } = this.#options;
    for (let round = 0; round < MAX_CONFLICTS; round++) {
      const read = await store.read();
      if (read.type === 'Unavailable') return this.#withoutStore(read.reason);
      const next = await renewed(read.certificate, hosts, clock.now());
      if (next === read.certificate && next !== undefined) return this.#use(next);
      const written = await store.write(next, read.version);
      if (written.type === 'Written') return this.#use(next);
      if (written.type === 'Unavailable') return this.#withoutStore(written.reason);
    }
    return 'other replicas keep writing the certificate';
  }

  async #use(certificate: StoredCertificate): Promise<string | undefined> {
    const before = this.#current;
    this.#current = certificate;
    if (before !== undefined && before.leaf.certPem !== certificate.leaf.certPem) this.#options.onRenewed(certificate.leaf);
    const published = await this.#options.store.publishAuthority(certificate.authority.certPem);
    return published.type === 'Unavailable' ? published.reason : undefined;
  }

  async #withoutStore(reason: string): Promise<string> {
    if (this.#current === undefined) return reason;
    const next = await renewed(this.#current, this.#options.hosts, this.#options.clock.now());
    if (next.leaf.certPem !== this.#current.leaf.certPem && next.authority.certPem === this.#current.authority.certPem) {
      this.#current = next;
      this.#options.onRenewed(next.leaf);
    }
    return reason;
  }
}

/** The same object when it is good for now; otherwise what has to take its place. */
async function renewed(stored: StoredCertificate | undefined, hosts: readonly string[], nowMs: number): Promise<StoredCertificate> {
  const leaf = stored === undefined ? undefined : readCertificate(stored.leaf);
  // Somebody else signs: whatever readable leaf is there is theirs to renew.
  if (stored !== undefined && stored.authority.keyPem === '' && leaf !== undefined) return stored;
  const authority = stored === undefined ? undefined : readCertificate(stored.authority);
  const keepAuthority = stored !== undefined && authority !== undefined && authority.notAfterMs - nowMs > RENEW_AUTHORITY_BEFORE_END_MS;
  const covered = hosts.every((host) => leaf?.hosts.includes(host));
  const fresh = leaf !== undefined && leaf.notBeforeMs <= nowMs && leaf.notAfterMs - nowMs > RENEW_LEAF_BEFORE_END_MS;
  if (keepAuthority && fresh && covered && isSignedBy(stored.leaf.certPem, stored.authority.certPem)) return stored;
  // Names of both, so that replicas of two versions with other names do not take turns.
  const names = [...new Set([...hosts, ...(keepAuthority ? (leaf?.hosts ?? []) : [])])].sort();
  if (keepAuthority) return { authority: stored.authority, leaf: await issueLeaf(stored.authority, names, nowMs) };
  const signer = await issueAuthority(nowMs);
  // Proxies that know only the old authority must find it in the bundle until they have read the new one.
  const bundle = authority === undefined ? signer.certPem : `${signer.certPem}\n${stored?.authority.certPem ?? ''}`;
  return { authority: { certPem: bundle, keyPem: signer.keyPem }, leaf: await issueLeaf(signer, names, nowMs) };
}
