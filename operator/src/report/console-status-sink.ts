import type { Condition } from '@headgate/crds';
import type { Logger } from '../support/logger.ts';
import { conditionTurns } from './condition-turns.ts';
import type { ObjectStatus, StatusSink } from './status-sink.ts';

/** Hands statuses on, and says on the console what would be an Event in a cluster. */
export class ConsoleStatusSink implements StatusSink {
  readonly #next: StatusSink;
  readonly #log: Pick<Logger, 'info' | 'warn'>;
  readonly #conditions = new Map<string, readonly Condition[]>();

  constructor(next: StatusSink, log: Pick<Logger, 'info' | 'warn'>) {
    this.#next = next;
    this.#log = log;
  }

  want(wanted: ObjectStatus): void {
    this.#next.want(wanted);
    const { namespace, name } = wanted.object.metadata;
    // The proxies are processes of the same command, which speaks of them itself.
    const conditions = (wanted.status.conditions ?? []).filter(({ reason }) => reason !== 'NoProxies');
    for (const { condition, isExpected, type } of conditionTurns(this.#conditions.get(wanted.key) ?? [], conditions)) {
      if (isExpected) continue;
      const line = `${wanted.kind} ${namespace}/${name}: ${condition.type}=${condition.status} ${condition.reason}: ${condition.message}`;
      if (type === 'Warning') this.#log.warn({}, line);
      else this.#log.info({}, line);
    }
    this.#conditions.set(wanted.key, conditions);
  }

  forget(status: ObjectStatus): void {
    this.#conditions.delete(status.key);
    this.#next.forget(status);
  }

  clear(): void {
    this.#conditions.clear();
    this.#next.clear();
  }

  stop(): Promise<void> {
    return this.#next.stop();
  }
}
