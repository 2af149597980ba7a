import type { Opaque } from '../../wire/chat-call.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { foreignFields, ownFields } from '../opaque.ts';

/**
 * What a block carries for Anthropic: its own fields, and `cache_control`, which callers of OpenAI's shape set as well
 * (OpenRouter, DashScope and LiteLLM take it there).
 */
export function marks(opaque: Opaque | undefined): JsonObject {
  if (opaque === undefined) return {};
  const { cache_control: cacheControl } = foreignFields(opaque, 'anthropic-messages');
  return { ...(cacheControl !== undefined && { cache_control: cacheControl }), ...ownFields(opaque, 'anthropic-messages') };
}

/** The other dialects' fields are lost. */
export function addForeign(opaque: Opaque | undefined, path: string, losses: Losses): void {
  if (opaque === undefined) return;
  const { cache_control: _carried, ...foreign } = foreignFields(opaque, 'anthropic-messages');
  losses.addOpaque(foreign, path, 'Anthropic');
}
