import type { Server } from 'node:http';
import type { ListenOptions } from 'node:net';

/** Listens and tells the port really taken. Rejects with node's own error, e.g. code EADDRINUSE. */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
