import { nameOfKey } from '../../snapshot/name-of-key.ts';
import { type Ownership, ownerMark, wrapId } from '../../support/tagged-id.ts';
import type { JsonObject } from '../../wire/json.ts';
import { readBatchUse } from './batch-use.ts';
import { withoutMark } from './owner-marks.ts';
import { mapIds } from './resource-ids.ts';
import type { ResourcePlace } from './resource-place.ts';

/**
 * A file's or batch's document with the caller's ids, and without Headgate's mark. The id of results whose batch tells no
 * usage says so: whichever proxy hands them out can tell that their lines are to be metered.
 */
export function asCallersOwn(
  document: JsonObject,
  { provider, connection }: Pick<ResourcePlace, 'provider' | 'connection'>,
  ownership: Ownership,
): JsonObject {
  const place = { provider, credential: nameOfKey(connection) };
  const use = readBatchUse(document);
  const results = use?.type === 'in-results' ? { ...place, endedAtSeconds: use.endedAtSeconds } : place;
  const change = (id: string, field: string): string => wrapId({ place: field === 'output_file_id' ? results : place, id }, ownership);
  return mapIds(withoutMark(document, ownerMark(ownership)), change);
}
