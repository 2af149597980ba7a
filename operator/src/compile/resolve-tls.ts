import type { ProviderTls } from '@headgate/crds';
import { fieldsOf, isFields, textOf } from './fields.ts';
import { quoted } from './findings.ts';
import type { ObjectScope } from './object-scope.ts';
import { resolveSecretText } from './resolve-secret.ts';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----\s+(?:[A-Za-z0-9+/]+={0,2}\s+)+-----END CERTIFICATE-----/g;

export interface ResolvedTls {
  /** Absent = the defaults of the platform. */
  readonly tls?: ProviderTls;
  /** True when roots are asked for but cannot be read: falling back to the public ones would weaken the check. */
  readonly withheld: boolean;
}

/** Resolves `spec.tls`; only the certificates of the bundle are kept, whatever else stands between them. */
export function resolveTls(scope: ObjectScope, spec: unknown): ResolvedTls {
  const { world, namespace, findings } = scope;
  if (!isFields(spec)) return { withheld: false };
  const serverName = textOf(spec['serverName'], 253);
  const insecureSkipVerify = spec['insecureSkipVerify'] === true;
  if (insecureSkipVerify) findings.note('`tls.insecureSkipVerify` is set: the certificate of the provider is not checked');
  const base: ProviderTls = { ...(serverName === undefined ? {} : { serverName }), insecureSkipVerify };
  if (spec['caSecretRef'] === undefined || spec['caSecretRef'] === null) return { tls: base, withheld: false };

  const bundle = resolveSecretText(world, namespace, spec['caSecretRef'], 'ca.crt');
  if (bundle.type === 'unresolved') {
    findings.unresolved(bundle.reason, `\`tls.caSecretRef\`: ${bundle.message}`);
    return { tls: base, withheld: true };
  }
  const certificates = bundle.value.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    const place = quoted(`${namespace}/${String(fieldsOf(spec['caSecretRef'])['name'])}`);
    findings.unresolved('CABundleInvalid', `\`tls.caSecretRef\`: Secret ${place} holds no PEM certificate`);
    return { tls: base, withheld: true };
  }
  return { tls: { ...base, caPem: `${certificates.join('\n')}\n` }, withheld: false };
}
