import type { ResourceRoute } from '../../accept/route.ts';
import { type Ownership, ownerMark, type Place, unwrapId } from '../../support/tagged-id.ts';
import { type CallerError, callerError } from '../../wire/caller-error.ts';
import { asObject, asString, parseJson } from '../../wire/read-json.ts';
import { markBatch } from './owner-marks.ts';
import { withoutIds } from './resource-ids.ts';

/** A request for a file or batch, in the provider's own terms. */
export type ResourceAsk =
  | {
      readonly type: 'ask';
      readonly provider: string;
      /** The key whose account keeps it; undefined = any. */
      readonly credential: string | undefined;
      /** Below the provider's base path. */
      readonly path: string;
      /** Instead of the caller's own body. */
      readonly body: Buffer | undefined;
      /** A form with a file, whose name gets the owner's mark. */
      readonly upload?: true;
      /** Results of a batch whose lines are to be metered: which, and when it ended. */
      readonly results?: { readonly id: string; readonly endedAtSeconds: number };
    }
  | { readonly type: 'refused'; readonly error: CallerError };

export interface ResourceRequest {
  /** Not a list. */
  readonly route: ResourceRoute;
  /** `x-headgate-provider`. */
  readonly chosenProvider: string | undefined;
  /** Read for new batches, which name a file; everything else is passed on as it comes. */
  readonly body: Buffer | undefined;
}

const CHOOSE = 'Say where, with the header `x-headgate-provider: <namespace>/<name>` of a provider that one of your policies targets.';

/** Finds out which provider is asked, and puts its own ids in place of the caller's. */
export function askResource({ route, chosenProvider, body }: ResourceRequest, ownership: Ownership): ResourceAsk {
  const { type, action, id } = route;
  if (id !== undefined) {
    const tagged = unwrapId(id, ownership);
    if (tagged === undefined) return notYours(type === 'files' ? 'file' : 'batch');
    const below = action === 'content' || action === 'cancel' ? `/${action}` : '';
    const asked = ask(tagged.place, `/${type}/${encodeURIComponent(tagged.id)}${below}`);
    const { endedAtSeconds } = tagged.place;
    return action === 'content' && endedAtSeconds !== undefined ? { ...asked, results: { id: tagged.id, endedAtSeconds } } : asked;
  }
  if (type === 'batches') return askForBatch(body, ownership);
  if (chosenProvider === undefined) return refuse('invalid_request', `Files have no model to route by. ${CHOOSE}`, 'x-headgate-provider');
  return { type: 'ask', provider: chosenProvider, credential: undefined, path: '/files', body: undefined, upload: true };
}

/** A batch is made where its file is. */
function askForBatch(body: Buffer | undefined, ownership: Ownership): ResourceAsk {
  const call = asObject(parseJson(body?.toString('utf8') ?? ''));
  if (call === undefined) return refuse('invalid_json', 'The request body must be a JSON object.');
  const fileId = asString(call['input_file_id']);
  if (fileId === undefined) return refuse('invalid_request', 'The field "input_file_id" must name a file.', 'input_file_id');
  const tagged = unwrapId(fileId, ownership);
  if (tagged === undefined) return notYours('file');
  const marked = markBatch({ ...withoutIds(call), input_file_id: tagged.id }, ownerMark(ownership));
  return ask(tagged.place, '/batches', Buffer.from(JSON.stringify(marked)));
}

function ask({ provider, credential }: Place, path: string, body?: Buffer): Extract<ResourceAsk, { type: 'ask' }> {
  return { type: 'ask', provider, credential, path, body };
}

/** Whether somebody else has it is none of the caller's business. */
function notYours(kind: 'file' | 'batch'): ResourceAsk {
  return { type: 'refused', error: callerError('not_found', `No such ${kind}.`, { param: 'id' }) };
}

function refuse(code: 'invalid_request' | 'invalid_json', message: string, param?: string): ResourceAsk {
  return { type: 'refused', error: callerError(code, message, param === undefined ? {} : { param }) };
}
