import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { buildConnector } from 'undici';

type ConnectCallback = (error: Error | null, socket: Duplex) => void;
type ConnectOptions = { readonly host?: string | null; readonly hostname?: string | null; readonly port?: string | number | null };

/**
 * Agents for node:http that open sockets as pools do: the same look-ups, and the same refusal of addresses that must not
 * be dialled, at the moment of connecting. One socket per request: nothing of one caller's is left for the next.
 */
export function guardedAgent(origin: string, connect: buildConnector.connector): HttpAgent | HttpsAgent {
  const secure = origin.startsWith('https:');
  const open = (options: ConnectOptions, callback: ConnectCallback | undefined): undefined => {
    const hostname = options.hostname ?? options.host ?? '';
    const target = { hostname, host: hostname, protocol: secure ? 'https:' : 'http:', port: String(options.port ?? (secure ? 443 : 80)) };
    connect(target, (...[error, socket]) => {
      // A failure comes without a socket, whatever undici's types say.
      if (error !== null) failed(callback, error);
      else callback?.(null, socket);
    });
    return undefined;
  };
  if (secure) {
    return new (class extends HttpsAgent {
      override createConnection(options: AgentOptions & ConnectOptions, callback?: ConnectCallback): undefined {
        return open(options, callback);
      }
    })({ keepAlive: false });
  }
  return new (class extends HttpAgent {
    override createConnection(options: ConnectOptions, callback?: ConnectCallback): undefined {
      return open(options, callback);
    }
  })({ keepAlive: false });
}

/** node:http reads only the error of such a call; its typings want a socket all the same. */
function failed(callback: ((error: Error | null, socket: never) => void) | undefined, error: Error): void {
  (callback as ((error: Error) => void) | undefined)?.(error);
}
