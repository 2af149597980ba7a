import type { ProviderCredential, ProviderResource } from '@headgate/crds';
import { UPSTREAM_DIALECTS } from '../dialects/registry.ts';

/**
 * Headers of every request over one connection, as a flat [name, value, ...] array, built once: copying header objects is
 * the costliest part of a small request (reference/performance.md). `host` and lengths are undici's. Headers of the
 * provider object come last and replace defaults of the same name.
 */
export function requestHeaders(provider: ProviderResource, credential: ProviderCredential | undefined, version: string): readonly string[] {
  const headers = new Map<string, string>([
    ['content-type', 'application/json'],
    // Answers are parsed or passed on as they come: a compressed one would have to be unpacked for metering.
    ['accept-encoding', 'identity'],
    ['user-agent', `headgate/${version}`],
  ]);
  for (const [name, value] of UPSTREAM_DIALECTS[provider.dialect].upstreamHeaders) headers.set(name, value);
  for (const { name, value } of provider.headers) headers.set(name.toLowerCase(), value);
  if (credential !== undefined) {
    const auth = credential.auth ?? provider.auth;
    if (auth.type === 'Bearer') headers.set('authorization', `Bearer ${credential.secret}`);
    if (auth.type === 'Header') headers.set(auth.name.toLowerCase(), credential.secret);
  }
  return [...headers].flat();
}
