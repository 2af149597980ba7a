import type { UpstreamDialectId } from '@headgate/crds';
import { UPSTREAMS } from './upstreams/upstreams.ts';

/** Every dialect of providers that is not one of these. */
export function allBut(...dialects: readonly UpstreamDialectId[]): readonly UpstreamDialectId[] {
  return (Object.keys(UPSTREAMS) as readonly UpstreamDialectId[]).filter((dialect) => !dialects.includes(dialect));
}
