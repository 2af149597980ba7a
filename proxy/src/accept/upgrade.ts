import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A caller's request to switch to a WebSocket. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** Bytes that came behind the head. */
  readonly head: Buffer;
  /** From here on the socket carries no HTTP. */
  readonly detach: () => void;
}

/** `ServerResponse.assignSocket` is documented by its use in node's own server; the typings want a net.Socket. */
type AssignedSocket = Parameters<ServerResponse['assignSocket']>[0];

/** The one path where a protocol switch is served. */
export function isUpgradable(url: string | undefined): boolean {
  return url !== undefined && /^\/v1\/realtime(?:\?|$)/.test(url);
}

/** A response for whoever asks for an upgrade and does not get it; the connection ends behind it. */
export function openUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): { readonly response: ServerResponse; readonly upgrade: Upgrade } {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as AssignedSocket);
  response.on('finish', () => socket.end());
  // A socket that fails is a caller that is gone.
  socket.on('error', () => socket.destroy());
  return { response, upgrade: { request, socket, head, detach: () => response.detachSocket(socket as AssignedSocket) } };
}
