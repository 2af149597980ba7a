import type { ResourceBody, ResourceKey } from '@headgate/crds';
import type { Clock } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import { guardShrink } from './shrink-guard.ts';

type Resources = ReadonlyMap<ResourceKey, ResourceBody>;

/** Keeps policies that vanished many at a time until somebody confirms that they should (see `guardShrink`). */
export class ShrinkHold {
  readonly #confirm: (sinceMs: number) => Promise<boolean>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #sinceMs: number | undefined;

  /** @param confirm asked with the time (ms since 1970) since when the policies are missing */
  constructor(confirm: (sinceMs: number) => Promise<boolean>, clock: Clock, log: Logger) {
    this.#confirm = confirm;
    this.#clock = clock;
    this.#log = log;
  }

  get holds(): boolean {
    return this.#sinceMs !== undefined;
  }

  /** What to publish: `after`, or `after` with what vanished put back; `holds` says which. */
  async resourcesToPublish(before: Resources, after: Resources): Promise<Resources> {
    const verdict = guardShrink(before, after);
    if (verdict.type === 'Pass') {
      this.#sinceMs = undefined;
      return after;
    }
    this.#sinceMs ??= this.#clock.now();
    if (await this.#confirm(this.#sinceMs)) {
      this.#sinceMs = undefined;
      return after;
    }
    this.#log.warn({ before: verdict.before, removed: verdict.removed }, 'half of the policies vanished at once and are kept for now');
    return verdict.kept;
  }
}
