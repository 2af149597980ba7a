import { validateHeaderName, validateHeaderValue } from 'node:http';
import { createSecureContext } from 'node:tls';
import { classifyAddress, type DialectId, isDialable, type ProviderResource } from '@headgate/crds';

const DIALECTS: ReadonlySet<string> = new Set<DialectId>(['openai-chat', 'anthropic-messages']);

/**
 * What only the proxy can tell of a provider: whether it speaks the dialect, and whether sockets, TLS and headers can be
 * made from it. Undefined = fine, else the reason, which never holds a secret. Found here, a fault is a named reject of
 * one resource; found per request it would be an outage.
 */
export function checkProvider(provider: ProviderResource): string | undefined {
  if (!DIALECTS.has(provider.dialect)) return `this proxy does not speak the dialect '${provider.dialect}'`;
  for (const origin of provider.origins) {
    const reason = checkOrigin(origin.url, provider.privateAddressesAllowed);
    if (reason !== undefined) return reason;
  }
  if (provider.basePath !== '' && !/^\/[^\s?#]*[^/\s?#]$/.test(provider.basePath)) return `base path '${provider.basePath}' is not a path`;
  return checkHeaders(provider) ?? checkCa(provider.tls?.caPem);
}

function checkOrigin(url: string, privateAddressesAllowed: boolean): string | undefined {
  const origin = URL.parse(url);
  if (origin === null || (origin.protocol !== 'http:' && origin.protocol !== 'https:')) return `'${url}' is not an http or https address`;
  if (origin.origin !== url) return `'${url}' must hold scheme, host and port only`;
  const addressClass = classifyAddress(origin.hostname.replace(/^\[|\]$/g, ''));
  if (addressClass !== undefined && !isDialable(addressClass, privateAddressesAllowed)) {
    return `${origin.hostname} is a ${addressClass} address, which this provider may not use`;
  }
  return undefined;
}

function checkHeaders({ headers, credentials, auth }: ProviderResource): string | undefined {
  for (const { name, value } of headers) {
    if (!isHeader(name, value)) return `header '${name}' has a name or value that HTTP cannot carry`;
  }
  if (auth.type === 'Header' && !isHeader(auth.name, '')) return `'${auth.name}' is not a header name`;
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

function checkCa(caPem: string | undefined): string | undefined {
  if (caPem === undefined) return undefined;
  try {
    createSecureContext({ ca: caPem });
    return undefined;
  } catch {
    return 'the CA bundle of `tls` is not valid PEM';
  }
}
