import { type KubeApi, patchLabels } from '../support/kube-api.ts';
import type { ObjectRef } from '../support/kube-object.ts';
import { RESOURCES } from '../support/kube-resource.ts';
import type { Logger } from '../support/logger.ts';

const LABEL = 'headgate.dev/leader';
const PAGE = 50;

/**
 * The label by which the control Service finds the leader's pod. The new leader labels itself first and only then takes
 * the label from others: while no pod carries it connections are refused, while two carry it one of them answers 503 and
 * the proxy tries again.
 */
export class LeaderLabel {
  readonly #api: Pick<KubeApi, 'mergePatch' | 'listPage'>;
  readonly #pod: ObjectRef;
  readonly #log: Logger;

  constructor(api: Pick<KubeApi, 'mergePatch' | 'listPage'>, pod: ObjectRef, log: Logger) {
    this.#api = api;
    this.#pod = pod;
    this.#log = log;
  }

  /** Returns whether all of it was done; otherwise try again. */
  async take(): Promise<boolean> {
    const labelled = await patchLabels(this.#api, RESOURCES.pods, this.#pod, { [LABEL]: 'true' });
    if (labelled.type === 'error') {
      if (labelled.error.status === 404) {
        // Run by hand, outside a pod: then no Service looks for the label either.
        this.#log.info({ pod: this.#pod.name }, 'there is no pod of this name to label as leader');
        return true;
      }
      this.#log.warn({ error: labelled.error.message, pod: this.#pod.name }, 'the leader could not label its pod');
      return false;
    }
    const options = { namespace: this.#pod.namespace, labelSelector: `${LABEL}=true`, metadataOnly: true, limit: PAGE };
    const labelledPods = await this.#api.listPage(RESOURCES.pods, { ...options, signal: AbortSignal.timeout(10_000) });
    if (labelledPods.type === 'error') return false;
    const others = labelledPods.value.items.filter((pod) => pod.metadata.name !== this.#pod.name);
    const dropped = await Promise.all(others.map((pod) => this.#drop({ namespace: this.#pod.namespace, name: pod.metadata.name })));
    return dropped.every((done) => done);
  }

  /** A replica that starts, or stops leading, does not carry the label; returns whether that is so now. */
  drop(): Promise<boolean> {
    return this.#drop(this.#pod);
  }

  async #drop(pod: ObjectRef): Promise<boolean> {
    const result = await patchLabels(this.#api, RESOURCES.pods, pod, { [LABEL]: null });
    return result.type === 'ok' || result.error.status === 404;
  }
}
