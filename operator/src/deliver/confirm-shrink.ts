import type { Clock } from '../support/clock.ts';
import type { KubeApi } from '../support/kube-api.ts';
import { RESOURCES } from '../support/kube-resource.ts';

const ANNOTATION = 'headgate.dev/allow-shrink';
const CONFIG_MAP_NAME = 'headgate-control-ca';

/**
 * Asks whether somebody wants a table that lost half of its policies: by annotating ConfigMap `headgate-control-ca` of the
 * operator's namespace with `headgate.dev/allow-shrink` (taken off when it was used), or by leaving things so for `holdMs`.
 */
export function shrinkConfirmation(
  api: Pick<KubeApi, 'get' | 'mergePatch'>,
  namespace: string,
  holdMs: number,
  clock: Clock,
): (sinceMs: number) => Promise<boolean> {
  const ref = { namespace, name: CONFIG_MAP_NAME };
  return async (sinceMs) => {
    if (clock.now() - sinceMs >= holdMs) return true;
    const configMap = await api.get(RESOURCES.configMaps, ref);
    if (configMap.type === 'error' || configMap.value.metadata.annotations?.[ANNOTATION] === undefined) return false;
    await api.mergePatch(RESOURCES.configMaps, ref, { metadata: { annotations: { [ANNOTATION]: null } } });
    return true;
  };
}
