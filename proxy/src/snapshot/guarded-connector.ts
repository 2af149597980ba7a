import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { classifyAddress, isDialable, type ProviderTls } from '@headgate/crds';
import { buildConnector } from 'undici';
import type { HostResolver } from './host-resolver.ts';

export interface ConnectSettings {
  readonly connectMs: number;
  readonly tls: ProviderTls | undefined;
  readonly privateAddressesAllowed: boolean;
}

/** `code` of the error when every address of a host is one that must not be dialled. */
export const ADDRESS_REFUSED = 'HEADGATE_ADDRESS_REFUSED';

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type Connector = ReturnType<typeof buildConnector>;

/**
 * Opens sockets to providers, and only to addresses that may be dialled. The check sits on the address the socket will
 * really use, after the name was resolved, so that a name that changes its address after admission (DNS rebinding) reaches
 * nothing it should not; literal addresses, which never see a resolver, are checked as well.
 */
export function guardedConnector(settings: ConnectSettings, resolver: HostResolver): Connector {
  const lookup = (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolver.resolve(hostname).then(
      (addresses) =>
        answerLookup(
          hostname,
          addresses.filter((address) => mayDial(address.address, settings)),
          options,
          callback,
        ),
      (error: Error) => callback(error, ''),
    );
  };
  const connect = buildConnector({
    lookup,
    timeout: settings.connectMs,
    // One protocol, known beforehand: with ALPN undici holds every request back until the first connection is up.
    allowH2: false,
    autoSelectFamily: true,
    ...(settings.tls?.caPem === undefined ? {} : { ca: settings.tls.caPem }),
    ...(settings.tls?.serverName === undefined ? {} : { servername: settings.tls.serverName }),
    ...(settings.tls?.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !mayDial(host, settings)) callback(refusal(host), null);
    else connect({ ...options, ...(settings.tls?.serverName === undefined ? {} : { servername: settings.tls.serverName }) }, callback);
  };
}

function mayDial(address: string, settings: ConnectSettings): boolean {
  const addressClass = classifyAddress(address);
  return addressClass !== undefined && isDialable(addressClass, settings.privateAddressesAllowed);
}

function answerLookup(hostname: string, allowed: LookupAddress[], options: LookupOptions, callback: LookupCallback): void {
  const usable = options.family === 4 || options.family === 6 ? allowed.filter((a) => a.family === options.family) : allowed;
  const [first] = usable;
  if (first === undefined) callback(refusal(hostname), '');
  else if (options.all === true) callback(null, usable);
  else callback(null, first.address, first.family);
}

function refusal(host: string): Error {
  return Object.assign(new Error(`${host} has no address that a provider may be reached at (loopback, private, link-local or metadata)`), {
    code: ADDRESS_REFUSED,
  });
}
