import { SlotList } from '../support/slot-list.ts';
import type { CallerError } from '../wire/caller-error.ts';
import { type DispatchContext, type DispatchJob, type DispatchOutcome, DispatchRun } from './dispatch-run.ts';
import type { RealtimeRelay } from './relay/realtime-relay.ts';

/** Runs calls and knows which are running. */
export class Dispatcher {
  readonly #context: DispatchContext;
  readonly #realtime: RealtimeRelay;
  readonly #running = new SlotList<DispatchRun>();

  constructor(context: Omit<DispatchContext, 'ailing'>, realtime: RealtimeRelay) {
    this.#realtime = realtime;
    this.#context = { ...context, ailing: new WeakSet() };
  }

  get running(): number {
    return this.#running.size;
  }

  /** Never rejects but for defects. */
  dispatch(job: DispatchJob): Promise<DispatchOutcome> {
    if (job.upgrade !== undefined) return this.#realtime.run(job, job.upgrade);
    return new DispatchRun(job, this.#context).run(this.#running);
  }

  /** Ends every call that is running; callers in the middle of a stream are told in it. */
  interruptAll(told: CallerError): void {
    this.#running.forEach((run) => {
      run.interrupt(told);
    });
    this.closeSessions();
  }

  /** Ends every session over a WebSocket. */
  closeSessions(): void {
    this.#realtime.closeAll();
  }
}
