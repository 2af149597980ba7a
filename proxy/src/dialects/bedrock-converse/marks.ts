import type { Opaque } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';
import type { Losses } from '../losses.ts';
import { foreignFields } from '../opaque.ts';

/**
 * A `cachePoint` after a block that carries `cache_control`, with its time to live; what else other dialects have put onto
 * the block is lost.
 */
export function cachePointAfter(opaque: Opaque | undefined, path: string, losses: Losses): readonly JsonObject[] {
  if (opaque === undefined) return [];
  const { cache_control: cacheControl, ...foreign } = foreignFields(opaque, 'bedrock-converse');
  losses.addOpaque(foreign, path, 'Bedrock');
  const control = asObject(cacheControl);
  if (control === undefined) return [];
  const ttl = asString(control['ttl']);
  return [{ cachePoint: { type: 'default', ...(ttl !== undefined && { ttl }) } }];
}
