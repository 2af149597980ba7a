import { SlotList } from '../support/slot-list.ts';
import type { CallerError } from '../wire/caller-error.ts';
import { type DispatchContext, type DispatchJob, type DispatchOutcome, DispatchRun } from './dispatch-run.ts';

/** Runs calls and knows which are running. */
export class Dispatcher {
  readonly #context: DispatchContext;
  readonly #running = new SlotList<DispatchRun>();

  constructor(context: Omit<DispatchContext, 'ailing'>) {
    this.#context = { ...context, ailing: new WeakSet() };
  }

  get running(): number {
    return this.#running.size;
  }

  /** Never rejects but for defects. */
  dispatch(job: DispatchJob): Promise<DispatchOutcome> {
    return new DispatchRun(job, this.#context).run(this.#running);
  }

  /** Ends every call that is running; callers in the middle of a stream are told in it. */
  interruptAll(told: CallerError): void {
    this.#running.forEach((run) => {
      run.interrupt(told);
    });
  }
}
