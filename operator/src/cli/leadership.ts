import type { LeaderLabel } from '../deliver/leader-label.ts';
import type { SnapshotForms, SnapshotSecrets } from '../deliver/snapshot-secrets.ts';
import type { Clock } from '../support/clock.ts';
import type { LeaseElector } from '../support/lease-elector.ts';
import type { Logger } from '../support/logger.ts';
import { sleep } from '../support/sleep.ts';
import type { OperatorCore } from './operator-core.ts';

const RETRY_MS = 1_000;

export interface LeadershipOptions {
  readonly elector: Pick<LeaseElector, 'isLeader' | 'term' | 'onChange'>;
  readonly core: Pick<OperatorCore, 'lead' | 'resign'>;
  readonly snapshot: Pick<SnapshotSecrets, 'read' | 'stop'>;
  readonly label: Pick<LeaderLabel, 'take' | 'drop'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Turns winning and losing the Lease into serving and not serving. */
export class Leadership {
  readonly #options: LeadershipOptions;
  #tenure = new AbortController();

  constructor(options: LeadershipOptions) {
    this.#options = options;
    options.elector.onChange((leader) => {
      this.#tenure.abort();
      if (leader) this.#takeOver();
      else this.#step();
    });
  }

  /** A replica that starts may carry the label from a life before; what it answers then is 503. */
  async begin(): Promise<void> {
    if (this.#options.elector.isLeader()) return;
    if (!(await this.#options.label.drop())) this.#options.log.warn({}, 'the leader label could not be taken off this pod');
  }

  #step(): void {
    this.#options.core.resign();
    this.#options.snapshot.stop();
  }

  #takeOver(): void {
    const tenure = new AbortController();
    this.#tenure = tenure;
    const report = (error: unknown): void => this.#options.log.error({ error: String(error) }, 'taking over failed');
    // The label needs a second to reach every node, so it does not wait for the snapshot.
    this.#label(tenure.signal).catch(report);
    this.#inherit(tenure.signal).catch(report);
  }

  async #label(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await this.#options.label.take())) await sleep(this.#options.clock, RETRY_MS, signal);
  }

  async #inherit(signal: AbortSignal): Promise<void> {
    const { snapshot, core, elector, clock, log } = this.#options;
    while (!signal.aborted) {
      const read = await snapshot.read();
      if (signal.aborted) return;
      if (read.type !== 'Unavailable') {
        const nothing: SnapshotForms = { revision: read.type === 'Found' ? read.revision : 0, resources: new Map() };
        return core.lead(elector.term(), (read.type === 'Found' ? read.forms : undefined) ?? nothing);
      }
      log.warn({ reason: read.reason }, 'the snapshot of the leader before cannot be read yet');
      await sleep(clock, RETRY_MS, signal);
    }
  }
}
