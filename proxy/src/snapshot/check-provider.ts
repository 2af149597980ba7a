import { X509Certificate } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { classifyAddress, isDialable, type ProviderAuth, type ProviderResource } from '@headgate/crds';

/**
 * What no schema can tell of a provider: whether sockets, TLS and headers can be made from it. Undefined = fine, else the
 * reason, which never holds a secret. Found here, a fault is a named reject of one resource; found per request it would be
 * an outage.
 */
export function checkProvider(provider: ProviderResource): string | undefined {
  for (const origin of provider.origins) {
    const reason = checkOrigin(origin.url, provider.privateAddressesAllowed);
    if (reason !== undefined) return reason;
  }
  for (const { basePath } of [provider, ...(provider.alternatives ?? [])]) {
    if (basePath !== '' && !/^\/[^\s?#]*[^/\s?#]$/.test(basePath)) return `base path '${basePath}' is not a path`;
  }
  return checkHeaders(provider) ?? checkCa(provider.tls?.caPem);
}

function checkOrigin(url: string, privateAddressesAllowed: boolean): string | undefined {
  const origin = URL.parse(url);
  if (origin === null) return `'${url}' is not an address`;
  const addressClass = classifyAddress(origin.hostname.replace(/^\[|\]$/g, ''));
  if (addressClass !== undefined && !isDialable(addressClass, privateAddressesAllowed)) {
    return `${origin.hostname} is a ${addressClass} address, which this provider may not use`;
  }
  return undefined;
}

/** Tokens are asked for with secrets, so never in clear text. */
function checkTokenUrl(auth: ProviderAuth): string | undefined {
  if (!('tokenUrl' in auth)) return undefined;
  return URL.parse(auth.tokenUrl)?.protocol === 'https:' ? undefined : `'${auth.tokenUrl}' is not an https address to get tokens from`;
}

function checkHeaders({ headers, credentials, auth }: ProviderResource): string | undefined {
  for (const { name, value } of headers) {
    if (!isHeader(name, value)) return `header '${name}' has a name or value that HTTP cannot carry`;
  }
  if (auth.type === 'Header' && !isHeader(auth.name, '')) return `'${auth.name}' is not a header name`;
  for (const used of [auth, ...credentials.map((credential) => credential.auth ?? auth)]) {
    const reason = checkTokenUrl(used);
    if (reason !== undefined) return reason;
  }
  const unusable = credentials.find((credential) => !isHeader('authorization', credential.secret));
  return unusable && `the key of credential '${unusable.name}' holds characters that HTTP cannot carry`;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function checkCa(caPem: string | undefined): string | undefined {
  if (caPem === undefined) return undefined;
  const blocks = caPem.match(PEM_BLOCK) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate) ? undefined : 'the CA bundle of `tls` holds no certificates, or a broken one';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
