import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CertifiedKey } from './certificate-issuer.ts';

export interface CertificateFacts {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Subject alternative names: DNS names and IP addresses. */
  readonly hosts: readonly string[];
}

/** What the first certificate says; undefined when the PEM cannot be read or the key is not its key. */
export function readCertificate(pair: CertifiedKey): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(pair.certPem);
    if (!certificate.checkPrivateKey(createPrivateKey(pair.keyPem))) return undefined;
    const names = (certificate.subjectAltName ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
    return {
      notBeforeMs: Date.parse(certificate.validFrom),
      notAfterMs: Date.parse(certificate.validTo),
      hosts: names.filter((name) => name !== ''),
    };
  } catch {
    return undefined;
  }
}

/** Whether `leaf` was signed by `authority`. */
export function isSignedBy(leafPem: string, authorityPem: string): boolean {
  try {
    return new X509Certificate(leafPem).verify(new X509Certificate(authorityPem).publicKey);
  } catch {
    return false;
  }
}
