import type { ProviderResource, UpstreamDialectId } from '@headgate/crds';
import type { buildConnector } from 'undici';
import { withoutKey } from '../../accept/realtime-call.ts';
import type { Upgrade } from '../../accept/upgrade.ts';
import type { PlannedAttempt } from '../../decide/decision.ts';
import type { WireUpstream } from '../../dialects/dialect.ts';
import { openaiShapedPath } from '../../operations/openai-shaped-path.ts';
import { connectSettings } from '../../snapshot/build-provider.ts';
import type { ConnectSettings } from '../../snapshot/guarded-connector.ts';
import type { Clock } from '../../support/clock.ts';
import { SlotList } from '../../support/slot-list.ts';
import { callerError } from '../../wire/caller-error.ts';
import type { AttemptResult } from '../attempt.ts';
import type { AttemptRecord, DispatchJob, DispatchOutcome } from '../dispatch-run.ts';
import { explainFailures } from '../explain-failure.ts';
import { settleAttempt } from '../settle-attempt.ts';
import { RealtimeSession, type SessionTarget } from './realtime-session.ts';
import { relayedRequestHeaders } from './relayed-headers.ts';

export interface RealtimeContext {
  readonly clock: Clock;
  readonly random: () => number;
  readonly upstreamDialectOf: (id: UpstreamDialectId) => WireUpstream;
  readonly connectorFor: (settings: ConnectSettings) => buildConnector.connector;
}

const HANDSHAKE_HEADERS = ['sec-websocket-key', 'sec-websocket-version'] as const;

/** Runs realtime sessions: at the first usable target of the plan, without failover once it was asked. */
export class RealtimeRelay {
  readonly #context: RealtimeContext;
  readonly #running = new SlotList<RealtimeSession>();

  constructor(context: RealtimeContext) {
    this.#context = context;
  }

  /** Never rejects but for defects. */
  async run(job: DispatchJob, upgrade: Upgrade): Promise<DispatchOutcome> {
    const { clock, random } = this.#context;
    const candidate = job.plan.attempts.find((attempt) => isOffered(attempt) && this.#acquire(attempt));
    if (candidate === undefined) {
      return {
        type: 'failed',
        attempts: [],
        error: callerError('no_usable_target', 'No target of the policy offers realtime sessions now.'),
      };
    }
    const { endpoint, target } = candidate;
    const beganAtMs = clock.monotonicMs();
    endpoint.signals.inFlight += 1;
    const session = new RealtimeSession(upgrade, () => clock.monotonicMs());
    this.#running.add(session);
    job.sink.listener = { onGone: () => session.abandon(), onDrain: () => {} };
    const result = await session.run(this.#targetOf(job, candidate, upgrade));
    this.#running.remove(session);
    const nowMs = clock.monotonicMs();
    settleAttempt(endpoint.signals, result, { nowMs, random, durationMs: nowMs - beganAtMs });
    return toOutcome(result, [{ target, endpoint, result, durationMs: nowMs - beganAtMs }]);
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

  #targetOf({ sink }: DispatchJob, { endpoint }: PlannedAttempt, { request }: Upgrade): SessionTarget {
    const { provider, connection, model } = endpoint;
    const { resource } = provider;
    const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
    query.set('model', model.name);
    const path = openaiShapedPath(resource, '/realtime', model.name);
    const headers = relayedRequestHeaders(request.headers, connection.requestHeaders);
    const protocols = withoutKey(request.headers['sec-websocket-protocol']);
    for (const name of HANDSHAKE_HEADERS) {
      const value = request.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const dialect = this.#context.upstreamDialectOf(resource.dialect);
    return {
      url: new URL(`${connection.origin.url}${path}${path.includes('?') ? '&' : '?'}${query}`),
      // Extensions are not offered: compressed frames could not be metered.
      headers: {
        ...headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
        ...(protocols.length > 0 ? { 'sec-websocket-protocol': protocols.join(', ') } : {}),
      },
      connect: this.#context.connectorFor(connectSettings(resource)),
      onOpened: () => sink.switchProtocols(),
      handshakeMs: resource.timeouts.firstTokenMs,
      decodeError: (status, header, body) => dialect.decodeError(status, header, body, this.#context.clock.wallMs()),
    };
  }
}

/** Signatures of cloud vendors cover no sessions, and only OpenAI's family speaks this protocol. */
function isOffered({ endpoint }: PlannedAttempt): boolean {
  const { dialect }: Pick<ProviderResource, 'dialect'> = endpoint.provider.resource;
  return (dialect === 'openai-chat' || dialect === 'openai-responses') && endpoint.connection.authorizer === undefined;
}

function toOutcome(result: AttemptResult, attempts: readonly AttemptRecord[]): DispatchOutcome {
  switch (result.type) {
    case 'completed':
      return { type: 'answered', attempts, metering: result.metering };
    case 'failed':
      return { type: 'failed', attempts, error: explainFailures([{ targetId: attempts[0]?.target.id ?? '', error: result.error }]) };
    default:
      return { ...result, attempts };
  }
}
