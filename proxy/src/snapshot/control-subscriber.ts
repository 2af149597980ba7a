import { CONTRACT_VERSION, type DownFrameValidation, type UpdateFrame, type UpstreamDialectId, validateDownFrame } from '@headgate/crds';
import type { Clock } from '../support/clock.ts';
import type { ControlClient } from './control-client.ts';
import { LineReader } from './line-reader.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';
import type { TableFreshness } from './table-freshness.ts';
import type { TableStore, UpdateOutcome } from './table-store.ts';

export interface SubscriberDeps {
  readonly client: ControlClient;
  readonly store: TableStore;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly version: string;
  readonly dialects: readonly UpstreamDialectId[];
  readonly listener: SubscriberListener;
}

/** What happens on the stream, for logs and metrics. */
export interface SubscriberListener {
  onConnected(): void;
  /** A session ended, or could not begin; the next attempt follows by itself. */
  onDisconnected(reason: string): void;
  onUpdate(outcome: UpdateOutcome, frame: UpdateFrame): void;
}

export interface SubscriberLimits {
  /** Heartbeats come every 15 s: three missing ones mean that the connection is dead. */
  readonly silenceMs: number;
  readonly maxLineBytes: number;
}

const LIMITS: SubscriberLimits = { silenceMs: 45_000, maxLineBytes: 64 * 1024 * 1024 };

/**
 * Keeps the table up to date: says hello with what is held, reads updates, acknowledges each one, and begins again with
 * jittered back-off when the stream ends, for whatever reason and for as long as it takes. Traffic is never concerned:
 * the store keeps serving what it holds.
 */
export class ControlSubscriber {
  readonly #deps: SubscriberDeps;
  readonly #limits: SubscriberLimits;
  readonly #firstOutcome = Promise.withResolvers<'applied' | 'failed'>();
  #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #connected = false;
  #lastFrameAtMs: number | undefined;
  /** The last frame was refused: what is held is in doubt, so the next hello asks for everything. */
  #fullTableNeeded = false;

  constructor(deps: SubscriberDeps, limits: Partial<SubscriberLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...LIMITS, ...limits };
  }

  get freshness(): TableFreshness {
    return { connected: this.#connected, lastFrameAtMs: this.#lastFrameAtMs };
  }

  /** Settles when the first table was applied, or the first attempt came to nothing: the cold start waits for it. */
  get firstOutcome(): Promise<'applied' | 'failed'> {
    return this.#firstOutcome.promise;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    // A hello or an ack to an operator that does not answer must not hold up the end.
    await this.#deps.client.reset();
    await this.#running;
    this.#running = undefined;
    this.#stopping = new AbortController();
    await this.#deps.client.reset();
  }

  async #run(stop: AbortSignal): Promise<void> {
    let failures = 0;
    while (!stop.aborted) {
      const session = await this.#session(stop);
      this.#connected = false;
      this.#firstOutcome.resolve('failed');
      if (stop.aborted) return;
      this.#deps.listener.onDisconnected(session.reason);
      failures = session.progressed ? 0 : failures + 1;
      await wait(reconnectDelayMs(failures, this.#deps.random), stop);
    }
  }

  /** One hello and one stream. `progressed` = an update was applied, so the next attempt may follow soon. */
  async #session(stop: AbortSignal): Promise<{ readonly progressed: boolean; readonly reason: string }> {
    const { client } = this.#deps;
    await client.reset();
    const hello = await this.#hello();
    if (hello.type === 'failed') return { progressed: false, reason: hello.reason };
    const silence = new AbortController();
    const watchdog = setTimeout(() => silence.abort(), this.#limits.silenceMs);
    const progress = { frames: 0 };
    let reason: string;
    try {
      const updates = await client.openUpdates(AbortSignal.any([stop, silence.signal]));
      reason = updates.type === 'failed' ? updates.reason : await this.#read(updates.body, watchdog, progress);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(watchdog);
    }
    if (silence.signal.aborted) reason = `nothing heard for ${this.#limits.silenceMs} ms`;
    return { progressed: progress.frames > 0, reason };
  }

  #hello(): ReturnType<ControlClient['post']> {
    const { client, store, version, dialects } = this.#deps;
    const held = this.#fullTableNeeded ? undefined : store.current;
    return client.post({
      type: 'hello',
      proxyId: client.proxyId,
      version,
      contractVersion: CONTRACT_VERSION,
      dialects,
      heldRevision: held?.revision ?? 0,
      heldHashes: Object.fromEntries(held?.resources ?? []),
    });
  }

  /** Reads frames until the stream ends; says why it ended. */
  async #read(body: AsyncIterable<Uint8Array>, watchdog: NodeJS.Timeout, progress: { frames: number }): Promise<string> {
    const lines = new LineReader(this.#limits.maxLineBytes);
    for await (const chunk of body) {
      watchdog.refresh();
      const complete = lines.push(chunk);
      if (complete === undefined) return `a frame exceeds ${this.#limits.maxLineBytes} bytes`;
      for (const line of complete) {
        if (line === '') continue;
        this.#lastFrameAtMs = this.#deps.clock.monotonicMs();
        const frame = parseFrame(line);
        if (frame === undefined) return 'a line of the stream is not JSON';
        if (frame.type === 'invalid') return `a frame is invalid: ${frame.errors.join('; ')}`;
        // Frame types this build does not know are a newer operator's business.
        if (frame.type === 'unknown' || frame.value.type !== 'update') continue;
        const end = await this.#update(frame.value, progress.frames === 0);
        if (end !== undefined) return end;
        progress.frames += 1;
        watchdog.refresh();
      }
    }
    return 'the operator ended the stream';
  }

  /** Undefined = applied and acknowledged; else why the session has to end. */
  async #update(frame: UpdateFrame, first: boolean): Promise<string | undefined> {
    const { store, client, listener } = this.#deps;
    const outcome = store.apply(frame, first);
    listener.onUpdate(outcome, frame);
    if (outcome.type === 'refused') {
      this.#fullTableNeeded = true;
      return `update refused: ${outcome.reason}`;
    }
    this.#fullTableNeeded = false;
    if (!this.#connected) {
      this.#connected = true;
      this.#firstOutcome.resolve('applied');
      listener.onConnected();
    }
    const ack = await client.post({ type: 'ack', proxyId: client.proxyId, revision: frame.revision, rejected: outcome.rejected });
    if (ack.type === 'failed') return `update ${frame.revision} could not be acknowledged: ${ack.reason}`;
    return outcome.helloAgain ? 'saying hello again, with the last good forms that are held' : undefined;
  }
}

/** Undefined = not a frame at all: a mix-up of addresses must not be read as a table. */
function parseFrame(line: string): DownFrameValidation | undefined {
  try {
    return validateDownFrame(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function wait(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done, { once: true });
  });
}
