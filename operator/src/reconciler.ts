import { haveSameInputs } from './collect/same-inputs.ts';
import type { Source } from './collect/source.ts';
import type { World } from './collect/world.ts';
import { checkShrink } from './compile/check-shrink.ts';
import type { Compilation } from './compile/compilation.ts';
import type { ShrinkHold } from './deliver/shrink-hold.ts';
import type { TablePublisher } from './deliver/table-publisher.ts';
import type { Clock } from './support/clock.ts';
import type { Logger } from './support/logger.ts';
import type { Handled } from './support/work-queue.ts';

const ASK_AGAIN_MS = 5_000;

export interface ReconcilerOptions {
  readonly source: Source;
  readonly compile: (world: World) => Compilation;
  readonly hold: ShrinkHold;
  readonly publisher: TablePublisher;
  /** Term of the own leadership; 0 = does not lead. */
  readonly term: () => number;
  readonly onCompiled: (compilation: Compilation, world: World) => void;
  readonly observeMs: (durationMs: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One key per table: world -> compile -> shrink guards -> publish -> diagnostics. Always the whole desired state. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  #done: { readonly world: World; readonly term: number } | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(changedAtMs: number): Promise<Handled> {
    const { source, compile, hold, publisher, onCompiled, clock, log } = this.#options;
    const term = this.#options.term();
    const world = source.world();
    if (term === 0 || !source.hasSynced()) return { type: 'done' };
    const published = publisher.table() !== undefined && this.#done?.term === term ? this.#done.world : undefined;
    if (published !== undefined && haveSameInputs(published, world)) return { type: 'done' };
    const startMs = clock.monotonic();
    const compilation = compile(world);
    onCompiled(compilation, world);
    this.#done = { world, term };
    const before = publisher.resources();
    const sane = checkShrink(before, compilation.resources, world);
    if (sane.type === 'refuse') log.error({ reason: sane.message }, 'the table is not published, the one before goes on serving');
    if (sane.type === 'refuse') return { type: 'done' };
    const resources = await hold.resourcesToPublish(before, compilation.resources);
    const outcome = publisher.publish({ resources, term, changedAtMs });
    if (outcome.type === 'Published') log.info({ revision: outcome.table.revision, changed: outcome.changed }, 'published the table');
    if (hold.holds || outcome.type === 'StaleTerm') this.#done = undefined;
    this.#options.observeMs(clock.monotonic() - startMs);
    return hold.holds ? { type: 'retry', afterMs: ASK_AGAIN_MS } : { type: 'done' };
  }
}
