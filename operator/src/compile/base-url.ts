import { hasControlCharacter } from './fields.ts';
import { judgeHost } from './host-verdict.ts';

/** A base URL split the way the routing table wants it, or why it may not be used. */
export type BaseUrl =
  | {
      readonly type: 'usable';
      /** Scheme, host and port. */
      readonly origin: string;
      /** Host without port or brackets, for allow-lists. */
      readonly host: string;
      /** Path prefix without a slash at its end; '' for the root. */
      readonly basePath: string;
      readonly privateAddressesAllowed: boolean;
    }
  | { readonly type: 'refused'; readonly why: string };

/**
 * Parses and judges a provider's base URL. What the URL parser would silently repair (white space, backslashes, octal,
 * hexadecimal or decimal IPv4 hosts) is refused, because other parsers repair it differently.
 */
export function parseBaseUrl(text: string, allowedPrivateHosts: readonly string[]): BaseUrl {
  if (hasControlCharacter(text) || /[\s\\]/.test(text)) return refused('must not contain white space, control characters or backslashes');
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined) return refused('must be an http or https URL with a host');
  if (authority.includes('@')) return refused('must not carry user information; use `credentials`');
  if (/[?#]/.test(text)) return refused('must not carry a query or fragment');
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || url.port === '0') return refused('must be an http or https URL with a host');
  if (url.hostname.includes('%')) return refused('must name a host without escapes');
  const written = authority.replace(/:\d*$/, '').replace(/\.$/, '');
  if (/^[\d.]+$/.test(url.hostname) && written !== url.hostname) return refused('must write an IPv4 address as four plain decimal numbers');

  const verdict = judgeHost(url.hostname, allowedPrivateHosts);
  if (verdict.type === 'refused') return refused(`${verdict.why}; ${verdict.remedy}`);
  const hostname = url.hostname.replace(/\.$/, '');
  return {
    type: 'usable',
    origin: `${url.protocol}//${hostname}${url.port === '' ? '' : `:${url.port}`}`,
    host: hostname.replace(/^\[|\]$/g, ''),
    basePath: url.pathname.replace(/\/+$/, ''),
    privateAddressesAllowed: verdict.type === 'allowed-private',
  };
}

function refused(why: string): BaseUrl {
  return { type: 'refused', why };
}
