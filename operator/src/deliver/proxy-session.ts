import type { AckFrame, DownFrame, HelloFrame, RejectedResource, ResourceKey } from '@headgate/crds';
import type { HeldTable, UpdateFrames } from './update-frames.ts';

/** The down stream of one proxy, as the session sees it. */
export interface FrameSink {
  /** False = the reader is slow: write no more until `onDrain`. */
  write(line: Buffer | string): boolean;
  onDrain(listener: () => void): void;
  end(): void;
}

interface UnackedUpdate {
  readonly revision: number;
  readonly sentAtMs: number;
  readonly exact: boolean;
  /** Hashes that the update replaced, to be put back for what the proxy refuses. */
  readonly before: ReadonlyMap<ResourceKey, string | undefined>;
}

export type AckOutcome =
  /** An ack for something else than the update in flight, e.g. one of a stream that was replaced. */
  | { readonly type: 'Ignored' }
  | {
      readonly type: 'Acknowledged';
      readonly revision: number;
      readonly rejected: readonly RejectedResource[];
      readonly uncovered: boolean;
    };

/**
 * One proxy on the control stream. At most one update is in flight: edits that arrive meanwhile merge into the next delta,
 * which is computed from what the proxy holds when it is sent. So a slow proxy costs the operator one frame, however many
 * edits it misses, and each delta has a base that both sides agree on, refusals included.
 */
export class ProxySession {
  readonly hello: HelloFrame;
  readonly #frames: UpdateFrames;
  readonly #now: () => number;
  readonly #hashes: Map<ResourceKey, string>;
  #revision: number;
  #exact = false;
  #ackedRevision: number;
  #spent = false;
  #greeted = false;
  #sink: FrameSink | undefined;
  #blocked = false;
  #unacked: UnackedUpdate | undefined;

  constructor(hello: HelloFrame, frames: UpdateFrames, now: () => number) {
    this.hello = hello;
    this.#frames = frames;
    this.#now = now;
    this.#hashes = new Map(Object.entries(hello.heldHashes));
    this.#revision = hello.heldRevision;
    this.#ackedRevision = hello.heldRevision;
  }

  get ackedRevision(): number {
    return this.#ackedRevision;
  }

  get connected(): boolean {
    return this.#sink !== undefined;
  }

  /** A hello is good for one stream: what the proxy holds after losing it only the proxy knows. */
  get spent(): boolean {
    return this.#spent;
  }

  /** Begins the down stream; the first frame follows at once when there is a table. */
  attach(sink: FrameSink): void {
    this.#sink = sink;
    this.#spent = true;
    sink.onDrain(() => {
      this.#blocked = false;
      this.flush();
    });
    this.flush();
  }

  /** Ends the down stream; a sink that was replaced meanwhile does not count. */
  detach(sink: FrameSink | undefined = this.#sink): void {
    if (sink === undefined || sink !== this.#sink) return;
    this.#sink = undefined;
    sink.end();
  }

  /** Sends what is new, unless an update is in flight or the reader is slow: then it follows when that is over. */
  flush(): void {
    if (this.#sink === undefined || this.#blocked || this.#unacked !== undefined) return;
    const held: HeldTable = { revision: this.#revision, hashes: this.#hashes, exact: this.#exact };
    const update = this.#frames.next(held);
    if (update === undefined || (this.#greeted && update.revision <= this.#revision)) return;
    const before = new Map([...update.sent.keys()].map((key) => [key, this.#hashes.get(key)] as const));
    for (const [key, hash] of update.sent) this.#hold(key, hash);
    this.#unacked = { revision: update.revision, sentAtMs: this.#now(), exact: update.exact, before };
    this.#revision = update.revision;
    this.#greeted = true;
    this.#blocked = !this.#sink.write(update.line);
  }

  /**
   * Takes the proxy's answer to the update in flight. `uncovered` is true when it refused a form that it held no other
   * form of: it has to be given the last good one.
   */
  acknowledge(ack: AckFrame): AckOutcome {
    const unacked = this.#unacked;
    if (unacked === undefined || ack.revision !== unacked.revision) return { type: 'Ignored' };
    this.#unacked = undefined;
    this.#ackedRevision = ack.revision;
    const rejected = ack.rejected.filter(({ key, hash }) => this.#hashes.get(key) === hash);
    for (const { key } of rejected) this.#hold(key, unacked.before.get(key));
    this.#exact = unacked.exact && rejected.length === 0;
    return { type: 'Acknowledged', revision: ack.revision, rejected, uncovered: rejected.some(({ key }) => !this.#hashes.has(key)) };
  }

  /** A frame without content of its own (heartbeat, fleet); left out while the reader is slow. */
  send(frame: Exclude<DownFrame, { type: 'update' }>): void {
    if (this.#sink === undefined || this.#blocked) return;
    this.#blocked = !this.#sink.write(`${JSON.stringify(frame)}\n`);
  }

  /** True when an update has waited for its ack for so long that the proxy must be taken for stuck. */
  isStuck(unackedForMs: number): boolean {
    return this.#unacked !== undefined && this.#now() - this.#unacked.sentAtMs > unackedForMs;
  }

  #hold(key: ResourceKey, hash: string | undefined): void {
    if (hash === undefined) this.#hashes.delete(key);
    else this.#hashes.set(key, hash);
  }
}
