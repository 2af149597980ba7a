import type { IncomingHttpHeaders } from 'node:http';
import type { ProviderResource, UpstreamDialectId } from '@headgate/crds';
import type { buildConnector } from 'undici';
import { withoutKey } from '../../accept/realtime-call.ts';
import type { Upgrade } from '../../accept/upgrade.ts';
import type { PlannedAttempt } from '../../decide/decision.ts';
import type { WireUpstream } from '../../dialects/dialect.ts';
import { openaiShapedPath } from '../../operations/openai-shaped-path.ts';
import { connectSettings } from '../../snapshot/build-provider.ts';
import type { ConnectSettings } from '../../snapshot/guarded-connector.ts';
import type { Connection } from '../../snapshot/snapshot.ts';
import type { Clock } from '../../support/clock.ts';
import { SlotList } from '../../support/slot-list.ts';
import { callerError } from '../../wire/caller-error.ts';
import { FAILURE_CLASSES } from '../../wire/failure.ts';
import type { AttemptResult } from '../attempt.ts';
import type { AttemptRecord, DispatchJob, DispatchOutcome } from '../dispatch-run.ts';
import { explainFailures, type TargetFailure } from '../explain-failure.ts';
import { settleAttempt } from '../settle-attempt.ts';
import { RealtimeSession, type SessionTarget } from './realtime-session.ts';
import { relayedRequestHeaders } from './relayed-headers.ts';
import { authorizedHeaders } from './resource-place.ts';

export interface RealtimeContext {
  readonly clock: Clock;
  readonly random: () => number;
  readonly upstreamDialectOf: (id: UpstreamDialectId) => WireUpstream;
  readonly connectorFor: (settings: ConnectSettings) => buildConnector.connector;
}

type Handshake = Omit<SessionTarget, 'onOpened'> & { readonly upgrade: Upgrade };

const HANDSHAKE_HEADERS = ['sec-websocket-key', 'sec-websocket-version'] as const;

const NO_BYTES = Buffer.alloc(0);

/** Runs realtime sessions: at the first target of the plan that agrees to the handshake. */
export class RealtimeRelay {
  readonly #context: RealtimeContext;
  readonly #running = new SlotList<RealtimeSession>();

  constructor(context: RealtimeContext) {
    this.#context = context;
  }

  /** Never rejects but for defects. */
  async run(job: DispatchJob, upgrade: Upgrade): Promise<DispatchOutcome> {
    const { plan, sink } = job;
    const attempts: AttemptRecord[] = [];
    const failures: TargetFailure[] = [];
    // Each attempt puts its own headers in place of these.
    const callerHeaders = upgrade.request.headers;
    for (const candidate of plan.attempts) {
      if (attempts.length === plan.policy.resource.resilience.attempts || sink.gone) break;
      if (!isOffered(candidate) || !this.#acquire(candidate)) continue;
      const target = this.#targetOf(candidate, callerHeaders, { ...upgrade, head: attempts.length === 0 ? upgrade.head : NO_BYTES });
      const result = await this.#attempt(job, candidate, target);
      attempts.push(result);
      if (result.result.type !== 'failed') return toOutcome(result.result, attempts);
      failures.push({ targetId: candidate.target.id, error: result.result.error });
      if (!FAILURE_CLASSES[result.result.error.reason].failover) break;
    }
    if (sink.gone) return { type: 'gone', attempts, metering: undefined };
    const none = callerError('no_usable_target', 'No target of the policy offers realtime sessions now.');
    return { type: 'failed', attempts, error: failures.length === 0 ? none : explainFailures(failures) };
  }

  async #attempt({ sink }: DispatchJob, { endpoint, target }: PlannedAttempt, { upgrade, ...place }: Handshake): Promise<AttemptRecord> {
    const { clock, random } = this.#context;
    const beganAtMs = clock.monotonicMs();
    endpoint.signals.inFlight += 1;
    const session = new RealtimeSession(upgrade, () => clock.monotonicMs());
    this.#running.add(session);
    sink.listener = { onGone: () => session.abandon(), onDrain: () => {} };
    const result = await runAuthorized(session, { ...place, onOpened: () => sink.switchProtocols() }, endpoint.connection);
    sink.listener = undefined;
    this.#running.remove(session);
    const durationMs = clock.monotonicMs() - beganAtMs;
    settleAttempt(endpoint.signals, result, { nowMs: clock.monotonicMs(), random, generates: false, durationMs });
    return { target, endpoint, result, durationMs };
  }

  /** Ends every session; both sides are told. */
  closeAll(): void {
    this.#running.forEach((session) => {
      session.goAway();
    });
  }

  #acquire({ endpoint }: PlannedAttempt): boolean {
    return endpoint.signals.breaker.tryAcquire(this.#context.clock.monotonicMs());
  }

  #targetOf({ endpoint }: PlannedAttempt, caller: IncomingHttpHeaders, upgrade: Upgrade): Handshake {
    const { request } = upgrade;
    const { provider, connection, model } = endpoint;
    const { resource } = provider;
    const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
    query.set('model', model.name);
    const path = openaiShapedPath(resource, '/realtime', model.name);
    const headers = relayedRequestHeaders(caller, connection.requestHeaders);
    const protocols = withoutKey(caller['sec-websocket-protocol']);
    for (const name of HANDSHAKE_HEADERS) {
      const value = caller[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const dialect = this.#context.upstreamDialectOf(resource.dialect);
    return {
      upgrade,
      url: new URL(`${connection.origin.url}${path}${path.includes('?') ? '&' : '?'}${query}`),
      // Extensions are not offered: compressed frames could not be metered.
      headers: {
        ...headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
        ...(protocols.length > 0 ? { 'sec-websocket-protocol': protocols.join(', ') } : {}),
      },
      connect: this.#context.connectorFor(connectSettings(resource)),
      handshakeMs: resource.timeouts.firstTokenMs,
      decodeError: (status, header, body) => dialect.decodeError(status, header, body, this.#context.clock.wallMs()),
    };
  }
}

/** Begins the session with a token where the provider wants one. */
async function runAuthorized(session: RealtimeSession, target: SessionTarget, connection: Connection): Promise<AttemptResult> {
  const { authorizer } = connection;
  if (authorizer === undefined) return session.run(target);
  const { pathname, search } = target.url;
  const authorized = await authorizedHeaders(connection, [], pathname + search);
  if (authorized.type === 'failure') return { type: 'failed', error: authorized.error, neverSent: true };
  const headers = { ...target.headers, ...relayedRequestHeaders({}, authorized.headers) };
  const result = await session.run({ ...target, headers });
  if (result.type === 'failed' && result.error.reason === 'auth') authorizer.discard();
  return result;
}

/** Signatures of cloud vendors cover no sessions, and only OpenAI's family speaks this protocol. */
function isOffered({ endpoint }: PlannedAttempt): boolean {
  const { dialect }: Pick<ProviderResource, 'dialect'> = endpoint.provider.resource;
  return (dialect === 'openai-chat' || dialect === 'openai-responses') && endpoint.connection.authorizer?.signsBody !== true;
}

function toOutcome(result: Exclude<AttemptResult, { type: 'failed' }>, attempts: readonly AttemptRecord[]): DispatchOutcome {
  return result.type === 'completed' ? { type: 'answered', attempts, metering: result.metering } : { ...result, attempts };
}
