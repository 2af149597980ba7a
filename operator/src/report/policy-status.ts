import type { RoutePolicy, RoutePolicyStatus, RoutePolicyStatusRule } from '@headgate/crds';
import { buildConditions, dataplaneStatus, programmedText } from './conditions.ts';
import { percentText, settleNumbers } from './live-numbers.ts';
import { defined, type StatusInput, timestamp } from './object-status.ts';
import type { PolicyObservation, RuleObservation } from './observations.ts';
import { type TrafficNumbers, trafficNumbers } from './traffic-numbers.ts';
import { type TrafficFigures, WINDOW_MS } from './traffic-series.ts';

const MAX_MODELS_TEXT = 256;
const MAX_RULES = 16;
const MAX_TARGETS = 16;

export interface PolicyStatusInput extends StatusInput<RoutePolicyStatus> {
  readonly object: RoutePolicy;
  readonly observation: PolicyObservation;
}

/** The whole status of a RoutePolicy. */
export function policyStatus(input: PolicyStatusInput): RoutePolicyStatus {
  const { object, diagnostics, programming, observation, previous, nowMs } = input;
  const dataplane = dataplaneStatus(diagnostics, programming);
  const { rules, summary } = settleNumbers(previousNumbers(previous), {
    rules: observation.rules.slice(0, MAX_RULES).map(ruleNumbers),
    summary: numbersOf(observation.overall),
  });
  return {
    observedGeneration: diagnostics.generation,
    conditions: buildConditions({ diagnostics, programming, previous: previous?.conditions, now: timestamp(nowMs) }),
    dataplane,
    window: `${WINDOW_MS / 1000}s`,
    rules,
    summary: { models: modelsText(object), ...summary, programmed: programmedText(dataplane) },
  };
}

interface SummaryNumbers extends TrafficNumbers {
  readonly requests?: number | undefined;
}
interface PolicyNumbers {
  readonly rules: readonly RoutePolicyStatusRule[];
  readonly summary: SummaryNumbers;
}

function previousNumbers(previous: RoutePolicyStatus | undefined): PolicyNumbers | undefined {
  if (previous?.rules === undefined || previous.summary === undefined) return undefined;
  const { requests, p95TtftMs, successPercent, spendTodayUsd } = previous.summary;
  return { rules: previous.rules, summary: defined({ requests, p95TtftMs, successPercent, spendTodayUsd }) };
}

function ruleNumbers({ name, figures }: RuleObservation): RoutePolicyStatusRule {
  const total = [...figures.labels.values()].reduce((sum, count) => sum + count, 0);
  const targets = [...figures.labels]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_TARGETS)
    .map(([target, count]) => ({ target, sharePercent: percentText(count, total) }))
    .sort((a, b) => (a.target < b.target ? -1 : 1));
  return { name, ...numbersOf(figures), ...(targets.length === 0 ? {} : { targets }) };
}

function numbersOf(figures: TrafficFigures): SummaryNumbers {
  return { requests: figures.requests, ...trafficNumbers(figures) };
}

function modelsText({ spec }: RoutePolicy): string {
  const listed: unknown = spec?.models;
  const names = Array.isArray(listed) ? listed.filter((name) => typeof name === 'string').join(',') : '';
  return names.length > MAX_MODELS_TEXT ? `${names.slice(0, MAX_MODELS_TEXT - 3)}...` : names;
}
