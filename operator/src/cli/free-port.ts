import { createServer } from 'node:net';
import { describeListenError, StartError } from './start-error.ts';

/**
 * Refuses to start on a port that somebody holds. Proxies share their port by SO_REUSEPORT, so they would join a stranger
 * that does the same without an error; an exclusive bind finds out.
 */
export async function assertPortFree(port: number, host: string, what: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new StartError(describeListenError(error, port, what))));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}
