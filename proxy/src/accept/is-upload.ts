import type { IncomingMessage } from 'node:http';
import { findRoute } from './find-route.ts';

/** Whether a request brings a file: it is passed on while it comes, and takes as long as it takes. */
export function isUpload({ method = '', url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  const [path = '', query = ''] = url.split('?', 2);
  const route = findRoute(method, path, query, 'openai-chat');
  return route.type === 'files' && route.action === 'create';
}
