import type { CertifiedKey } from './certificate-issuer.ts';

export interface StoredCertificate {
  /** `certPem` may be a bundle, newest first. An empty `keyPem` = somebody else signs (a Secret that a user supplied). */
  readonly authority: CertifiedKey;
  readonly leaf: CertifiedKey;
}

export type StoreRead =
  /** `certificate` is undefined when nothing usable is stored; `version` is what `write` has to name to replace it. */
  | { readonly type: 'Read'; readonly certificate: StoredCertificate | undefined; readonly version: string | undefined }
  | { readonly type: 'Unavailable'; readonly reason: string };

export type StoreWrite =
  | { readonly type: 'Written' }
  | { readonly type: 'Conflict' }
  | { readonly type: 'Unavailable'; readonly reason: string };

/** Where the replicas of the operator share one authority and one leaf. */
export interface CertificateStore {
  read(): Promise<StoreRead>;
  /** Replaces exactly `version`, or creates when it is undefined; another replica that was faster is a Conflict. */
  write(certificate: StoredCertificate, version: string | undefined): Promise<StoreWrite>;
  /** Makes the authority known to proxies; writes only when it differs. */
  publishAuthority(certPem: string): Promise<StoreWrite>;
}

/** For `headgate dev`: one process, nothing kept. */
export class MemoryCertificateStore implements CertificateStore {
  #certificate: StoredCertificate | undefined;

  read(): Promise<StoreRead> {
    return Promise.resolve({ type: 'Read', certificate: this.#certificate, version: undefined });
  }

  write(certificate: StoredCertificate): Promise<StoreWrite> {
    this.#certificate = certificate;
    return Promise.resolve({ type: 'Written' });
  }

  publishAuthority(): Promise<StoreWrite> {
    return Promise.resolve({ type: 'Written' });
  }
}
