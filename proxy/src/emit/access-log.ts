import type { Logger } from 'pino';
import type { Exchange } from '../accept/exchange.ts';
import type { AttemptRecord } from '../dispatch/dispatch-run.ts';
import type { Conclusion } from './conclusion.ts';
import { formatUsd, type MeteredUsage } from './meter.ts';

/** What one request came to, for its log line. */
export interface AccessFacts {
  readonly exchange: Exchange;
  readonly conclusion: Conclusion;
  readonly status: number;
  readonly durationMs: number;
  readonly overheadMs: number | undefined;
  readonly errorCode: string | undefined;
  readonly metered: MeteredUsage | undefined;
}

/**
 * One line per request. Never keys, prompts, answers or providers' messages: only names from the table, numbers, and the
 * model name the caller asked for.
 */
export function logAccess(logger: Logger, facts: AccessFacts): void {
  const { exchange, conclusion, metered } = facts;
  const { call, caller, route } = exchange;
  const dispatched = conclusion.type === 'dispatched' ? conclusion : undefined;
  logger.info({
    requestId: exchange.requestId,
    operation: call?.operation ?? route?.type ?? 'none',
    dialect: exchange.dialect,
    model: call?.facts.model,
    stream: call?.facts.stream,
    consumer: caller?.type === 'consumer' ? caller.consumer.id : caller?.type,
    policy: policyId(conclusion),
    rule: dispatched?.plan.rule.resource.name,
    status: facts.status,
    outcome: dispatched?.outcome.type ?? conclusion.type,
    error: facts.errorCode,
    attempts: dispatched?.outcome.attempts.map(describeAttempt),
    durationMs: round(facts.durationMs),
    overheadMs: facts.overheadMs === undefined ? undefined : round(facts.overheadMs),
    inputTokens: metered?.usage.inputTokens,
    cacheReadTokens: metered?.usage.cacheReadTokens,
    cacheWriteTokens: metered?.usage.cacheWriteTokens,
    outputTokens: metered?.usage.outputTokens,
    estimated: metered?.estimated === true ? true : undefined,
    costUsd: metered?.costNanoUsd === undefined ? undefined : formatUsd(metered.costNanoUsd),
  });
}

function policyId(conclusion: Conclusion): string | undefined {
  switch (conclusion.type) {
    case 'dispatched':
      return conclusion.plan.policy.id;
    case 'unroutable':
      return conclusion.decision.policy.id;
    case 'refused':
      return conclusion.policy?.id;
    default:
      return undefined;
  }
}

function describeAttempt({ target, endpoint, result, durationMs }: AttemptRecord): object {
  const failure = result.type === 'failed' || result.type === 'cut' ? result.error : undefined;
  const metering = result.type === 'failed' ? undefined : result.metering;
  return {
    target: target.id,
    key: endpoint.connection.credential?.name,
    outcome: failure?.reason ?? result.type,
    status: failure?.status,
    durationMs: round(durationMs),
    ttftMs: metering === undefined ? undefined : round(metering.ttftMs),
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
