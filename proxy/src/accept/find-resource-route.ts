import type { ResourceRoute, Route } from './route.ts';

/** An id of Headgate's names its provider and key: up to 900 characters, where their names are as long as Kubernetes lets them be. */
const PATH = /^\/v1\/(files|batches)(?:\/([^/]{1,1024})(?:\/(content|cancel))?)?$/;

type Actions = Readonly<Record<string, ResourceRoute['action']>>;

/** Method -> action of: the collection, one of its members, what hangs below a member. */
const ACTIONS: Readonly<Record<ResourceRoute['type'], { readonly all: Actions; readonly one: Actions; readonly below: Actions }>> = {
  files: { all: { POST: 'create', GET: 'list' }, one: { GET: 'read', DELETE: 'delete' }, below: { 'GET content': 'content' } },
  batches: { all: { POST: 'create', GET: 'list' }, one: { GET: 'read' }, below: { 'POST cancel': 'cancel' } },
};

/** Routes of files and batches; undefined = another path. */
export function findResourceRoute(method: string, path: string): Route | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const type = match[1] === 'files' ? 'files' : 'batches';
  const [, , id, below] = match;
  const { all, one, below: deeper } = ACTIONS[type];
  const actions = id === undefined ? all : below === undefined ? one : deeper;
  const action = actions[below === undefined ? method : `${method} ${below}`];
  if (action !== undefined) return { type, dialect: 'openai-chat', action, id };
  const allowed = Object.keys(actions).filter((key) => below === undefined || key.endsWith(` ${below}`));
  if (allowed.length === 0) return { type: 'unknown', dialect: 'openai-chat' };
  return { type: 'wrong-method', dialect: 'openai-chat', allow: allowed.map((key) => key.split(' ')[0]).join(', ') };
}
