import type { Source } from './collect/source.ts';
import type { World } from './collect/world.ts';
import type { Compilation } from './compile/compilation.ts';
import { guardShrink } from './deliver/shrink-guard.ts';
import type { TablePublisher } from './deliver/table-publisher.ts';
import type { Clock } from './support/clock.ts';
import type { Logger } from './support/logger.ts';
import type { Handled } from './support/work-queue.ts';

const ASK_AGAIN_MS = 5_000;

export interface ReconcilerOptions {
  readonly source: Source;
  readonly compile: (world: World) => Compilation;
  readonly publisher: TablePublisher;
  /** Term of the own leadership; 0 = does not lead. */
  readonly term: () => number;
  /** Whether somebody wants a table that lost half of its policies. */
  readonly confirmShrink: (sinceMs: number) => Promise<boolean>;
  readonly onCompiled: (compilation: Compilation, world: World) => void;
  readonly observeMs: (durationMs: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One key per table: world -> compile -> shrink guard -> publish -> diagnostics. Always the whole desired state. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  #shrunkSinceMs: number | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** True while policies that vanished are kept until somebody confirms. */
  get holdsShrink(): boolean {
    return this.#shrunkSinceMs !== undefined;
  }

  async reconcile(changedAtMs: number): Promise<Handled> {
    const { source, compile, publisher, term, clock, log } = this.#options;
    const termAtStart = term();
    if (termAtStart === 0 || !source.hasSynced()) return { type: 'done' };
    const startMs = clock.monotonic();
    const world = source.world();
    const compilation = compile(world);
    const verdict = guardShrink(publisher.resources(), compilation.resources);
    if (verdict.type === 'Pass') this.#shrunkSinceMs = undefined;
    else this.#shrunkSinceMs ??= clock.now();
    const held = verdict.type === 'Shrunk' && !(await this.#options.confirmShrink(this.#shrunkSinceMs ?? clock.now()));
    if (held)
      log.warn({ policies: verdict.before, removed: verdict.removed }, 'half of the policies vanished at once and are kept for now');
    else this.#shrunkSinceMs = undefined;
    const outcome = publisher.publish({ resources: held ? verdict.kept : compilation.resources, term: termAtStart, changedAtMs });
    if (outcome.type === 'Published') log.info({ revision: outcome.table.revision, changed: outcome.changed }, 'published the table');
    this.#options.onCompiled(compilation, world);
    this.#options.observeMs(clock.monotonic() - startMs);
    return held ? { type: 'retry', afterMs: ASK_AGAIN_MS } : { type: 'done' };
  }
}
