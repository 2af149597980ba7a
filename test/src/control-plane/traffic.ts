/** One answer that a caller would complain about. */
export interface TrafficFailure {
  readonly url: string;
  readonly reason: string;
  /** Since the traffic began. */
  readonly atMs: number;
}

export interface TrafficReport {
  readonly answered: number;
  /** Answers per `x-headgate-target`. */
  readonly targets: Readonly<Record<string, number>>;
  readonly failures: readonly TrafficFailure[];
  /** Streams that broke after their first content, of which their callers were told in the stream. */
  readonly interrupted: number;
}

export interface TrafficOptions {
  /** Base URLs of proxies; callers take turns. */
  readonly urls: readonly string[];
  /** Names that callers ask for; they take turns. */
  readonly models: readonly string[];
  /** Callers at the same time; every second request streams. */
  readonly callers: number;
  readonly apiKey?: string;
}

const MAX_FAILURES = 50;
/** A prime, so that turns of neighbouring callers do not ask for the same names. */
const STRIDE = 7;
const REQUEST_TIMEOUT_MS = 60_000;

/** Callers that go on asking until they are stopped, and remember every answer that was not whole. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #startedMs = performance.now();
  readonly #targets: Record<string, number> = {};
  readonly #failures: TrafficFailure[] = [];
  readonly #callers: readonly Promise<void>[];
  #answered = 0;
  #interrupted = 0;
  #stopping = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#callers = Array.from({ length: options.callers }, (_, caller) => this.#call(caller));
  }

  get answered(): number {
    return this.#answered;
  }

  /** Ends after the requests in flight. */
  async stop(): Promise<TrafficReport> {
    this.#stopping = true;
    await Promise.all(this.#callers);
    return { answered: this.#answered, targets: this.#targets, failures: this.#failures, interrupted: this.#interrupted };
  }

  async #call(caller: number): Promise<void> {
    for (let turn = caller; !this.#stopping; turn++) {
      const url = this.#options.urls[turn % this.#options.urls.length] ?? '';
      const model = this.#options.models[(turn * STRIDE) % this.#options.models.length] ?? '';
      const outcome = await ask(url, { ...this.#options, model }, turn % 2 === 0);
      if (outcome.type === 'answered') {
        this.#answered += 1;
        this.#targets[outcome.target] = (this.#targets[outcome.target] ?? 0) + 1;
      } else if (outcome.type === 'interrupted') {
        this.#interrupted += 1;
      } else if (this.#failures.length < MAX_FAILURES) {
        this.#failures.push({ url, reason: outcome.reason, atMs: Math.round(performance.now() - this.#startedMs) });
      }
    }
  }
}

export type AskOutcome =
  | { readonly type: 'answered'; readonly target: string }
  | { readonly type: 'interrupted'; readonly target: string }
  | { readonly type: 'failed'; readonly reason: string; readonly status?: number };

/** One chat completion, judged as an SDK would: status 200 and a whole answer. */
export async function ask(url: string, call: { readonly model: string; readonly apiKey?: string }, stream: boolean): Promise<AskOutcome> {
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(call.apiKey === undefined ? {} : { authorization: `Bearer ${call.apiKey}` }) },
      body: JSON.stringify({ model: call.model, stream, messages: [{ role: 'user', content: 'Hello' }] }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status !== 200) return { type: 'failed', status: response.status, reason: `${response.status} ${text.slice(0, 300)}` };
    const target = response.headers.get('x-headgate-target') ?? '';
    if (stream && wasInterrupted(text)) return { type: 'interrupted', target };
    if (!text.includes('"finish_reason":"stop"') || stream !== text.includes('[DONE]'))
      return { type: 'failed', status: 200, reason: `not whole: ${text.slice(-300)}` };
    return { type: 'answered', target };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
    return { type: 'failed', reason: `${error instanceof Error ? error.message : String(error)}${cause}` };
  }
}

/** Content first, then an error event, and no `[DONE]`. */
function wasInterrupted(stream: string): boolean {
  const last = stream.trimEnd().split('\n\n').at(-1) ?? '';
  return stream.includes('"content":"You"') && last.startsWith('data: {"error"');
}
