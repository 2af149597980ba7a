import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The shell tool that builds and runs clusters; found from sources and from dist alike. */
export const CLUSTER_TOOL: string = fileURLToPath(new URL('../../cluster/cluster', import.meta.url));

/** Why this machine cannot run such a cluster (no Go, not root …); undefined when it can. */
export function clusterObstacle(mode: 'control' | 'node'): string | undefined {
  const result = spawnSync(CLUSTER_TOOL, ['can', mode], { encoding: 'utf8' });
  if (result.status === 0) return undefined;
  return (result.stderr ?? '').trim() || `cannot run ${CLUSTER_TOOL}: ${result.error?.message ?? `exit ${result.status}`}`;
}
