import type { Exchange } from '../accept/exchange.ts';
import type { AttemptRecord } from '../dispatch/dispatch-run.ts';
import { formatLogTime } from '../support/log-time.ts';
import type { CallerError } from '../wire/caller-error.ts';
import type { Conclusion } from './conclusion.ts';
import { LineBuilder } from './line-builder.ts';
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

/** pino's number for `info`. */
const LEVEL_INFO = 30;

/**
 * The one line of a request, in pino's format. Never keys, prompts, answers or providers' messages: only names from the
 * table, numbers, and the model name the caller asked for.
 */
export function accessLine(facts: AccessFacts, epochMs: number): string {
  const { exchange, conclusion, metered } = facts;
  const { call, caller, route } = exchange;
  const dispatched = conclusion.type === 'dispatched' ? conclusion : undefined;
  const line = begin(epochMs)
    .text('requestId', exchange.requestId)
    .text('operation', call?.operation ?? route?.type ?? 'none')
    .text('dialect', exchange.dialect)
    .text('model', call?.facts.model)
    .flag('stream', call?.facts.stream)
    .text('consumer', caller?.type === 'consumer' ? caller.consumer.id : caller?.type)
    .text('policy', policyOf(conclusion))
    .text('rule', dispatched?.plan.rule.resource.name)
    .number('status', facts.status)
    .text('provider', conclusion.type === 'relayed' ? conclusion.provider : undefined)
    .text('outcome', 'outcome' in conclusion ? conclusion.outcome.type : conclusion.type)
    .text('error', facts.errorCode)
    .number('durationMs', round(facts.durationMs))
    .number('overheadMs', round(facts.overheadMs));
  if (metered !== undefined) addUsage(line, metered);
  if (dispatched !== undefined) line.list('attempts', dispatched.outcome.attempts.map(describeAttempt));
  return line.end();
}

/** The line of a connection that never became a request. */
export function connectionErrorLine(error: CallerError, requestId: string, epochMs: number): string {
  return begin(epochMs)
    .text('requestId', requestId)
    .text('operation', 'none')
    .number('status', error.status)
    .text('outcome', 'refused')
    .text('error', error.code)
    .end();
}

function begin(epochMs: number): LineBuilder {
  return new LineBuilder(`{"level":${LEVEL_INFO},"time":"${formatLogTime(epochMs)}"`);
}

function addUsage(line: LineBuilder, { usage, estimated, costNanoUsd }: MeteredUsage): void {
  line
    .number('inputTokens', usage.inputTokens)
    .number('cacheReadTokens', usage.cacheReadTokens)
    .number('cacheWriteTokens', usage.cacheWriteTokens)
    .number('outputTokens', usage.outputTokens)
    .flag('estimated', estimated ? true : undefined)
    .text('costUsd', costNanoUsd === undefined ? undefined : formatUsd(costNanoUsd));
}

function policyOf(conclusion: Conclusion): string | undefined {
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

function describeAttempt({ target, endpoint, result, durationMs }: AttemptRecord): string {
  const failure = result.type === 'failed' || result.type === 'cut' ? result.error : undefined;
  const metering = result.type === 'failed' ? undefined : result.metering;
  return new LineBuilder('{')
    .text('target', target.id)
    .text('key', endpoint.connection.credential?.name)
    .text('outcome', failure?.reason ?? result.type)
    .number('status', failure?.status)
    .number('durationMs', round(durationMs))
    .number('ttftMs', round(metering?.ttftMs))
    .embed();
}

function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100;
}
