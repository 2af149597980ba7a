import type { UpstreamDialectId } from '@headgate/crds';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { Upgrade } from '../accept/upgrade.ts';
import type { Plan, PlannedAttempt } from '../decide/decision.ts';
import type { WireUpstream } from '../dialects/dialect.ts';
import type { OperationFormat } from '../operations/operation.ts';
import type { Authorization, Authorizer } from '../signing/authorizer.ts';
import type { Endpoint, Target } from '../snapshot/snapshot.ts';
import type { SlotList, Slotted } from '../support/slot-list.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import { FAILURE_CLASSES, type UpstreamError } from '../wire/failure.ts';
import type { AnswerSink, SinkListener } from './answer-sink.ts';
import { Attempt, type AttemptResult, type Metering } from './attempt.ts';
import { chooseUpstream } from './choose-upstream.ts';
import { explainCut, explainFailures, explainLosses, explainMistake, type TargetFailure } from './explain-failure.ts';
import { backoffMs, isSafeToRepeat } from './retry-rules.ts';
import { settleAttempt } from './settle-attempt.ts';
import { buildSideBody } from './side-body.ts';
import { asksForUsage, type UpstreamBody, UpstreamBodyBuilder } from './upstream-body.ts';
import type { ExchangeContext } from './upstream-exchange.ts';
import { upstreamHeaders } from './upstream-headers.ts';
import { upstreamPath } from './upstream-path.ts';

export interface DispatchJob {
  readonly call: ReceivedCall;
  readonly plan: Plan;
  readonly sink: AnswerSink;
  readonly requestId: string;
  /** Monotonic ms; the total timeout counts from here. */
  readonly startedAtMs: number;
  /** The caller's headers, as node:http gives them. */
  readonly rawHeaders: readonly string[];
  /** Set for a session over a WebSocket. */
  readonly upgrade?: Upgrade | undefined;
}

export interface DispatchContext extends ExchangeContext {
  readonly random: () => number;
  readonly upstreamDialectOf: (id: UpstreamDialectId) => WireUpstream;
  /** Endpoints whose last attempt failed: going to any other one needs no retry budget. */
  readonly ailing: WeakSet<Endpoint['signals']>;
}

export interface AttemptRecord {
  readonly target: Target;
  readonly endpoint: Endpoint;
  readonly result: AttemptResult;
  readonly durationMs: number;
}

/** How a call ended. Only `failed` still has to be told to the caller. */
export type DispatchOutcome =
  | { readonly type: 'answered'; readonly attempts: readonly AttemptRecord[]; readonly metering: Metering }
  | { readonly type: 'cut'; readonly attempts: readonly AttemptRecord[]; readonly metering: Metering }
  | { readonly type: 'gone'; readonly attempts: readonly AttemptRecord[]; readonly metering: Metering | undefined }
  | { readonly type: 'failed'; readonly attempts: readonly AttemptRecord[]; readonly error: CallerError };

/** A target that may be tried now, with what is to be sent to it. */
interface Prepared {
  readonly candidate: PlannedAttempt;
  readonly provider: WireUpstream;
  readonly format: OperationFormat | undefined;
  readonly path: string;
  readonly body: Extract<UpstreamBody, { type: 'ok' }>;
}

const CALL_IS_OVER: Authorization = { type: 'failure', error: { reason: 'cancelled', message: 'the call is over' } };

const FORM_HEADERS: readonly string[] = ['content-type'];

/** The attempts of one call, one after the other, until one answers, the caller is gone or nothing is left to try. */
export class DispatchRun implements SinkListener, Slotted {
  slot: number = -1;
  readonly #job: DispatchJob;
  readonly #context: DispatchContext;
  readonly #bodies: UpstreamBodyBuilder;
  readonly #attempts: AttemptRecord[] = [];
  readonly #failures: TargetFailure[] = [];
  /** Targets that failed in a way that makes asking them again safe, in the order of their failures. */
  readonly #repeatable: { readonly candidate: PlannedAttempt; readonly error: UpstreamError }[] = [];
  #position = 0;
  #repetitions = 0;
  #current: Attempt | undefined;
  /** What an attempt that a defect ended would keep for ever. */
  #open: { readonly candidate: PlannedAttempt; readonly charged: boolean } | undefined;
  #wake: (() => void) | undefined;
  /** Set when the call must end for a reason of our own. */
  #ending: CallerError | undefined;

  constructor(job: DispatchJob, context: DispatchContext) {
    this.#job = job;
    this.#context = context;
    this.#bodies = new UpstreamBodyBuilder(job.call);
  }

  /** @param running where this call is listed while it runs */
  async run(running: SlotList<DispatchRun>): Promise<DispatchOutcome> {
    const { plan, sink } = this.#job;
    running.add(this);
    sink.listener = this;
    plan.policy.retryBudget.beginRequest();
    try {
      while (this.#mayContinue()) {
        const candidate = this.#nextCandidate() ?? (await this.#nextRepetition());
        if (candidate === undefined) break;
        const prepared = this.#prepare(candidate);
        if (prepared === undefined || !this.#acquire(candidate)) continue;
        const charged = this.#needsBudget(candidate);
        if (charged && !this.#takeBudget(candidate)) break;
        const beganAtMs = this.#begin(candidate);
        this.#open = { candidate, charged };
        const result = await this.#send(prepared);
        this.#book(candidate, result, beganAtMs);
        if (charged) plan.policy.retryBudget.endRetry();
        this.#open = undefined;
        if (result.type === 'completed') return { type: 'answered', attempts: this.#attempts, metering: result.metering };
        if (result.type !== 'failed') return { ...result, attempts: this.#attempts };
        if (!this.#mayFailOver(candidate, result)) break;
      }
      if (sink.gone) return { type: 'gone', attempts: this.#attempts, metering: undefined };
      return { type: 'failed', attempts: this.#attempts, error: this.#ending ?? explainFailures(this.#failures) };
    } finally {
      if (this.#open !== undefined) this.#release(this.#open);
      plan.policy.retryBudget.endRequest();
      sink.listener = undefined;
      running.remove(this);
    }
  }

  onGone(): void {
    this.#current?.abandon();
    this.#wake?.();
  }

  onDrain(): void {
    this.#current?.onDrain();
  }

  /** Ends the call now, e.g. because the proxy shuts down; a caller in the middle of a stream is told in it. */
  interrupt(told: CallerError): void {
    this.#ending ??= told;
    this.#current?.interrupt(told);
    this.#wake?.();
  }

  #mayContinue(): boolean {
    const { sink, plan } = this.#job;
    return this.#attempts.length < plan.policy.resource.resilience.attempts && this.#ending === undefined && !sink.gone;
  }

  #nextCandidate(): PlannedAttempt | undefined {
    const candidate = this.#job.plan.attempts[this.#position];
    this.#position += 1;
    return candidate;
  }

  /** When every target has been tried once: one that may safely be asked again, after a pause. */
  async #nextRepetition(): Promise<PlannedAttempt | undefined> {
    const next = this.#repeatable.shift();
    if (next === undefined) return undefined;
    const pauseMs = backoffMs(this.#repetitions, next.error, this.#context.random);
    this.#repetitions += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    return this.#job.sink.gone || this.#ending !== undefined ? undefined : next.candidate;
  }

  /** What to send to a target; undefined (and noted as a failure) when it cannot take the call. */
  #prepare(candidate: PlannedAttempt): Prepared | undefined {
    const { call, plan } = this.#job;
    const { model, provider: owner } = candidate.endpoint;
    // Where the provider understands the caller's own dialect as well, nothing has to be translated.
    const resource = owner.byDialect.get(call.dialect.id) ?? owner.resource;
    const choice = chooseUpstream(call, resource, model, this.#context.upstreamDialectOf);
    if (choice.type === 'not-offered') {
      this.#fail(candidate, { reason: 'not-found', message: choice.why });
      return undefined;
    }
    const { provider, format, quirks } = choice;
    const body = format === undefined ? this.#bodies.build(provider, model, quirks) : buildSideBody(call, format, model.name, quirks);
    if (body.type === 'refused') {
      this.#fail(candidate, { ...body, reason: 'bad-request', status: 400 });
      return undefined;
    }
    if (body.type === 'invalid') {
      const details = body.param === undefined ? {} : { param: body.param };
      this.#ending = callerError('invalid_request', body.message, { ...details, shouldRetry: false });
      return undefined;
    }
    const unacceptable = plan.policy.resource.onLossy === 'Refuse' ? body.losses : body.losses.filter(({ fatal }) => fatal === true);
    if (unacceptable.length > 0) {
      this.#fail(candidate, explainLosses(unacceptable));
      return undefined;
    }
    const path = format?.path(resource, model.name) ?? upstreamPath(resource, provider, call, model.name);
    return { candidate, provider, format, path, body };
  }

  /** Takes the endpoint's slot unless something has made it unusable since the decision. */
  #acquire(candidate: PlannedAttempt): boolean {
    const { signals, provider } = candidate.endpoint;
    const nowMs = this.#context.clock.monotonicMs();
    if (signals.breaker.tryAcquire(nowMs)) {
      if (this.#attempts.length === 0) return true;
      // Decided long ago by now: an attempt in between may have used up the key or the slots.
      const keyUsable = signals.credential.state === 'Active' || signals.credential.untilMs <= nowMs;
      if (keyUsable && signals.inFlight < (provider.resource.concurrency ?? Number.POSITIVE_INFINITY)) return true;
      signals.breaker.onAbandoned(nowMs);
      return false;
    }
    return this.#job.plan.leastBad && this.#attempts.length === 0;
  }

  /** Repetitions need budget, and so do failovers to what failed last time; any other target is asked freely. */
  #needsBudget(candidate: PlannedAttempt): boolean {
    if (this.#attempts.length === 0) return false;
    const last = this.#attempts.at(-1)?.result;
    if (last?.type === 'failed' && last.neverSent) return false;
    return this.#context.ailing.has(candidate.endpoint.signals);
  }

  /** False = the budget of retries is used up; the endpoint's slot is given back. */
  #takeBudget(candidate: PlannedAttempt): boolean {
    const { policy } = this.#job.plan;
    if (policy.retryBudget.tryBeginRetry(policy.resource.resilience.budgetPercent)) return true;
    candidate.endpoint.signals.breaker.onAbandoned(this.#context.clock.monotonicMs());
    return false;
  }

  #begin({ endpoint }: PlannedAttempt): number {
    endpoint.signals.inFlight += 1;
    return this.#context.clock.monotonicMs();
  }

  #book({ endpoint, target }: PlannedAttempt, result: AttemptResult, beganAtMs: number): void {
    const { clock, random, ailing } = this.#context;
    this.#current = undefined;
    const nowMs = clock.monotonicMs();
    const durationMs = nowMs - beganAtMs;
    settleAttempt(endpoint.signals, result, { nowMs, random, durationMs, generates: this.#job.call.operation !== 'count-tokens' });
    if (result.type === 'completed') ailing.delete(endpoint.signals);
    else if (result.type !== 'gone') ailing.add(endpoint.signals);
    this.#attempts.push({ target, endpoint, result, durationMs });
  }

  #release({ candidate, charged }: { readonly candidate: PlannedAttempt; readonly charged: boolean }): void {
    const { signals } = candidate.endpoint;
    signals.inFlight = Math.max(0, signals.inFlight - 1);
    signals.breaker.onAbandoned(this.#context.clock.monotonicMs());
    if (charged) this.#job.plan.policy.retryBudget.endRetry();
  }

  #send(prepared: Prepared): Promise<AttemptResult> {
    const { authorizer } = prepared.candidate.endpoint.connection;
    const headers = this.#headers(prepared);
    return authorizer === undefined ? this.#exchange(prepared, headers) : this.#sendAuthorized(prepared, headers, authorizer);
  }

  /** Nothing is sent that could not be authorized, nor for a caller that went away meanwhile. */
  async #sendAuthorized(prepared: Prepared, headers: readonly string[], authorizer: Authorizer): Promise<AttemptResult> {
    const authorization = await this.#authorize(prepared, authorizer);
    if (this.#job.sink.gone) return { type: 'gone', metering: undefined };
    if (authorization.type === 'failure') return { type: 'failed', error: authorization.error, neverSent: true };
    const result = await this.#exchange(prepared, [...headers, ...authorization.headers]);
    if (result.type === 'failed' && result.error.reason === 'auth') authorizer.discard();
    return result;
  }

  async #authorize({ path, body, candidate }: Prepared, authorizer: Authorizer): Promise<Authorization> {
    const host = candidate.endpoint.connection.origin.url.replace(/^https?:\/\//, '');
    const pending = authorizer.authorize({ method: 'POST', host, path, body: body.bytes });
    if (!(pending instanceof Promise)) return pending;
    const over = new Promise<Authorization>((resolve) => {
      this.#wake = () => resolve(CALL_IS_OVER);
    });
    const authorization = await Promise.race([pending, over]);
    this.#wake = undefined;
    return this.#ending === undefined ? authorization : CALL_IS_OVER;
  }

  #exchange({ candidate, provider, format, path, body }: Prepared, headers: readonly string[]): Promise<AttemptResult> {
    const { call, sink, requestId, startedAtMs } = this.#job;
    const { endpoint, target } = candidate;
    const { clock } = this.#context;
    const attempt = new Attempt(
      {
        call,
        provider,
        format,
        sink,
        origin: { target, endpoint, attempts: this.#attempts.length + 1, losses: body.losses, upstreamMs: this.#earlierMs() },
        context: {
          requestId,
          model: call.facts.model,
          nowSeconds: Math.floor(clock.wallMs() / 1000),
          includeUsage: asksForUsage(call.body),
          ...('customTools' in body ? { customTools: body.customTools } : {}),
          ...(call.framing === undefined ? {} : { framing: call.framing }),
        },
        requestStartedAtMs: startedAtMs,
        tellCut: (error) => explainCut({ targetId: target.id, error }),
      },
      this.#context,
    );
    this.#current = attempt;
    return attempt.run({ dispatcher: endpoint.connection.dispatcher, path, headers, body: body.bytes });
  }

  #earlierMs(): number {
    return this.#attempts.reduce((sum, { durationMs }) => sum + durationMs, 0);
  }

  #headers({ candidate, provider, format }: Prepared): readonly string[] {
    const { connection } = candidate.endpoint;
    const { rawHeaders, call } = this.#job;
    const requestHeaders = connection.headersByDialect.get(call.dialect.id) ?? connection.requestHeaders;
    // The content type of a form names the boundary between its parts.
    if (call.form !== undefined) return upstreamHeaders(requestHeaders, rawHeaders, FORM_HEADERS);
    if (format !== undefined) return requestHeaders;
    return provider.id === call.dialect.id ? upstreamHeaders(requestHeaders, rawHeaders, call.dialect.forwardedHeaders) : requestHeaders;
  }

  #mayFailOver(candidate: PlannedAttempt, failed: Extract<AttemptResult, { type: 'failed' }>): boolean {
    this.#fail(candidate, failed.error);
    if (!FAILURE_CLASSES[failed.error.reason].failover) {
      if (failed.error.reason !== 'cancelled') this.#ending ??= explainMistake({ targetId: candidate.target.id, error: failed.error });
      return false;
    }
    if (isSafeToRepeat(failed)) this.#repeatable.push({ candidate, error: failed.error });
    return true;
  }

  #fail(candidate: PlannedAttempt, error: UpstreamError): void {
    this.#failures.push({ targetId: candidate.target.id, error });
  }
}
