import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLogger } from '../support/logger.ts';
import type { CertifiedKey } from './certificate-issuer.ts';
import type { CertificateStore, StoredCertificate, StoreRead, StoreWrite } from './certificate-store.ts';
import { ControlCertificate } from './control-certificate.ts';

const HOUR_MS = 3_600_000;

/** A store as the API server is one: versions, conflicts, absence. */
class SharedStore implements CertificateStore {
  certificate: StoredCertificate | undefined;
  published = '';
  away = false;
  writes = 0;
  #version = 0;
  /** Runs once, between a replica's read and its write. */
  beforeWrite: (() => Promise<void>) | undefined;

  read(): Promise<StoreRead> {
    if (this.away) return Promise.resolve({ type: 'Unavailable', reason: 'away' });
    const version = this.certificate === undefined ? undefined : String(this.#version);
    return Promise.resolve({ type: 'Read', certificate: this.certificate, version });
  }

  async write(certificate: StoredCertificate, version: string | undefined): Promise<StoreWrite> {
    const interrupt = this.beforeWrite;
    this.beforeWrite = undefined;
    await interrupt?.();
    if (this.away) return { type: 'Unavailable', reason: 'away' };
    if (version !== (this.certificate === undefined ? undefined : String(this.#version))) return { type: 'Conflict' };
    this.certificate = certificate;
    this.#version++;
    this.writes++;
    return { type: 'Written' };
  }

  publishAuthority(certPem: string): Promise<StoreWrite> {
    if (this.away) return Promise.resolve({ type: 'Unavailable', reason: 'away' });
    this.published = certPem;
    return Promise.resolve({ type: 'Written' });
  }
}

/** Certificates are signed on a thread pool, so a fake clock alone does not wait for them, nor do turns of a loop that has nothing to do. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 900 && !condition(); turn++) await pause(5);
  expect(condition()).toBe(true);
}

describe('ControlCertificate', () => {
  const NAMES: readonly string[] = ['headgate-control.headgate.svc', '127.0.0.1'];
  const setup = (store = new SharedStore(), hosts = NAMES, clock = new FakeClock()) => {
    const renewals: CertifiedKey[] = [];
    const certificate = new ControlCertificate({ store, hosts, clock, log: silentLogger, onRenewed: (leaf) => renewals.push(leaf) });
    return { clock, store, renewals, certificate };
  };

  test('makes an authority of 10 years and a leaf of 24 hours for its names, and publishes the authority', async () => {
    const { certificate, store, clock } = setup();
    const leaf = await certificate.start();
    const parsed = new X509Certificate(leaf?.certPem ?? '');
    const authority = new X509Certificate(certificate.authorityPem() ?? '');
    expect(parsed.checkHost('headgate-control.headgate.svc')).toBeDefined();
    expect(parsed.checkIP('127.0.0.1')).toBeDefined();
    expect(parsed.verify(authority.publicKey)).toBe(true);
    expect(Date.parse(parsed.validTo) - clock.now()).toBe(24 * HOUR_MS);
    expect(Date.parse(authority.validTo) - clock.now()).toBe(3650 * 24 * HOUR_MS);
    expect(store.published).toBe(certificate.authorityPem());
    certificate.stop();
  });

  test('renews the leaf after 12 hours under the same authority', async () => {
    const { certificate, store, clock, renewals } = setup();
    const first = await certificate.start();
    await clock.advance(11 * HOUR_MS);
    expect(renewals).toHaveLength(0);
    await clock.advance(1.2 * HOUR_MS);
    await until(() => renewals.length === 1);
    expect(renewals[0]?.certPem).not.toBe(first?.certPem);
    expect(store.certificate?.leaf.certPem).toBe(renewals[0]?.certPem);
    expect(store.published).toBe(certificate.authorityPem());
    certificate.stop();
  });

  test('two replicas that start at once end up with one certificate', async () => {
    const store = new SharedStore();
    const first = setup(store);
    const second = setup(store);
    store.beforeWrite = async () => {
      await second.certificate.start();
    };
    const leaf = await first.certificate.start();
    expect(store.writes).toBe(1);
    expect(leaf?.certPem).toBe(store.certificate?.leaf.certPem);
    expect(first.certificate.authorityPem()).toBe(second.certificate.authorityPem());
    first.certificate.stop();
    second.certificate.stop();
  });

  test('adopts the leaf that another replica renewed', async () => {
    const store = new SharedStore();
    const other = setup(store);
    const own = setup(store, NAMES, other.clock);
    await other.certificate.start();
    await own.certificate.start();
    await other.clock.advance(12.2 * HOUR_MS);
    await until(() => other.renewals.length === 1 && own.renewals.length === 1);
    expect(own.renewals[0]?.certPem).toBe(other.renewals[0]?.certPem);
    expect(store.writes).toBe(2);
    other.certificate.stop();
    own.certificate.stop();
  });

  test('waits for the store at start, and renews without it later', async () => {
    const { certificate, store, clock, renewals } = setup();
    store.away = true;
    const started = certificate.start();
    await clock.advance(1_000);
    store.away = false;
    await clock.advance(1_500);
    expect(await started).toBeDefined();
    store.away = true;
    await clock.advance(13 * HOUR_MS);
    await until(() => renewals.length === 1);
    certificate.stop();
  });

  test('replaces what is stored when it cannot be read', async () => {
    const store = new SharedStore();
    store.certificate = { authority: { certPem: 'x', keyPem: 'y' }, leaf: { certPem: 'garbage', keyPem: 'garbage' } };
    const { certificate } = setup(store);
    const leaf = await certificate.start();
    expect(new X509Certificate(leaf?.certPem ?? '').checkIP('127.0.0.1')).toBeDefined();
    certificate.stop();
  });

  test('leaves a certificate alone that somebody else signs', async () => {
    const donor = setup();
    await donor.certificate.start();
    const given = donor.store.certificate;
    if (given === undefined) throw new Error('no certificate was made');
    const store = new SharedStore();
    store.certificate = { authority: { certPem: given.authority.certPem, keyPem: '' }, leaf: given.leaf };
    const { certificate } = setup(store, ['another.name']);
    expect(await certificate.start()).toBe(given.leaf);
    expect(store.writes).toBe(0);
    donor.certificate.stop();
    certificate.stop();
  });

  test('signs a new leaf when a name is missing, for the names of both versions', async () => {
    const store = new SharedStore();
    const old = setup(store, ['old.name']);
    await old.certificate.start();
    const { certificate } = setup(store, ['new.name']);
    const leaf = await certificate.start();
    const parsed = new X509Certificate(leaf?.certPem ?? '');
    expect(parsed.checkHost('old.name')).toBeDefined();
    expect(parsed.checkHost('new.name')).toBeDefined();
    old.certificate.stop();
    certificate.stop();
  });
});
