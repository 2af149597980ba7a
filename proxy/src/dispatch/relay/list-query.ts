import type { ResourceRoute } from '../../accept/route.ts';
import { type Ownership, type TaggedId, unwrapId } from '../../support/tagged-id.ts';
import { type CallerError, callerError } from '../../wire/caller-error.ts';

/** What a caller wants to see of its files or batches. */
export interface ListQuery {
  readonly limit: number;
  /** The provider's own id of the entry behind which to begin. */
  readonly after: string | undefined;
  /** Goes on to the provider as it is. */
  readonly passed: Readonly<Record<string, string>>;
}

export type ReadListQuery =
  /** `from` is the place of `after`. */
  | { readonly type: 'ok'; readonly query: ListQuery; readonly from: TaggedId['place'] | undefined }
  | { readonly type: 'refused'; readonly error: CallerError };

const LIMITS = { files: { usual: 100, max: 1000 }, batches: { usual: 20, max: 100 } } as const;
const PASSED = ['purpose', 'order'] as const;
const SANE = /^[\w-]{1,64}$/;

/** @param text without its `?` */
export function readListQuery(text: string, type: ResourceRoute['type'], ownership: Ownership): ReadListQuery {
  const parameters = new URLSearchParams(text);
  const { usual, max } = LIMITS[type];
  const limit = parameters.get('limit') ?? String(usual);
  if (!/^\d{1,5}$/.test(limit) || Number(limit) < 1) return refuse('limit', '"limit" must be a positive number.');
  const passed: Record<string, string> = {};
  for (const name of PASSED) {
    const value = parameters.get(name);
    if (value === null) continue;
    if (!SANE.test(value)) return refuse(name, `"${name}" has no such value.`);
    passed[name] = value;
  }
  const wrapped = parameters.get('after');
  const after = wrapped === null ? undefined : unwrapId(wrapped, ownership);
  if (wrapped !== null && after === undefined) {
    return {
      type: 'refused',
      error: callerError('not_found', `You have no such ${type === 'files' ? 'file' : 'batch'}.`, { param: 'after' }),
    };
  }
  return { type: 'ok', query: { limit: Math.min(Number(limit), max), after: after?.id, passed }, from: after?.place };
}

function refuse(param: string, message: string): ReadListQuery {
  return { type: 'refused', error: callerError('invalid_request', message, { param }) };
}
