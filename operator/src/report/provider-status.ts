import type { ModelProvider, ModelProviderStatus, ProviderResource } from '@headgate/crds';
import { fieldsOf, isFields, listOf, textOf } from '../compile/fields.ts';
import type { ProviderOffer } from '../compile/provider-offer.ts';
import { buildConditions, dataplaneStatus, programmedText } from './conditions.ts';
import { type HealthSubject, judgeHealth, modelState } from './health-condition.ts';
import { percentText, settleNumbers, twoDigits } from './live-numbers.ts';
import { defined, type StatusInput, timestamp } from './object-status.ts';
import type { ModelObservation, ProviderObservation } from './observations.ts';
import { type TrafficNumbers, trafficNumbers } from './traffic-numbers.ts';
import { WINDOW_MS } from './traffic-series.ts';

const MAX_MODELS = 128;
const MAX_CREDENTIALS = 16;
const MAX_NAMES = 200;
const MAX_ERROR_LENGTH = 1024;

export interface ProviderStatusInput extends StatusInput<ModelProviderStatus> {
  readonly object: ModelProvider;
  /** What was compiled from the object; absent when it is not accepted. */
  readonly body: ProviderResource | undefined;
  readonly observation: ProviderObservation;
  /** What it has; absent when that was never compiled. */
  readonly offer: ProviderOffer | undefined;
  /** Why its list of models could not be read last. */
  readonly listingError: string | undefined;
}

type ModelNumbers = NonNullable<ModelProviderStatus['models']>[number];
type CredentialState = NonNullable<ModelProviderStatus['credentials']>[number];
interface ProviderNumbers {
  readonly models: readonly ModelNumbers[];
  readonly credentials: readonly CredentialState[];
  readonly summary: TrafficNumbers;
}

/** The whole status of a ModelProvider. */
export function providerStatus(input: ProviderStatusInput): ModelProviderStatus {
  const { diagnostics, programming, observation, previous, nowMs } = input;
  const dataplane = dataplaneStatus(diagnostics, programming);
  const before = previous?.conditions?.find((condition) => condition.type === 'Healthy');
  const health = judgeHealth(observation, subjectOf(input), before);
  const { models, credentials, summary } = settleNumbers(previousNumbers(previous), {
    models: observation.models.slice(0, MAX_MODELS).map((model) => modelNumbers(input, model)),
    credentials: observation.credentials.slice(0, MAX_CREDENTIALS).map(({ name, state, until }) => defined({ name, state, until })),
    summary: trafficNumbers(observation.overall),
  });
  return defined({
    observedGeneration: diagnostics.generation,
    conditions: buildConditions({ diagnostics, programming, health, previous: previous?.conditions, now: timestamp(nowMs) }),
    dataplane,
    window: `${WINDOW_MS / 1000}s`,
    models,
    discovery: discoveryStatus(input),
    credentials,
    summary: { ...summary, programmed: programmedText(dataplane) },
  });
}

/** Until proxies have told a new leader what the provider lists, it holds what the leader before has written. */
function discoveryStatus({ offer, listingError, previous }: ProviderStatusInput): ModelProviderStatus['discovery'] {
  if (offer?.discovery === undefined) return undefined;
  const names = offer.discovery.names();
  const { models, names: shown } = previous?.discovery ?? {};
  const listed = names === undefined ? { models, names: shown } : { models: names.length, names: names.slice(0, MAX_NAMES) };
  const told = defined({ ...listed, error: listingError?.slice(0, MAX_ERROR_LENGTH) });
  return Object.keys(told).length === 0 ? undefined : told;
}

function previousNumbers(previous: ModelProviderStatus | undefined): ProviderNumbers | undefined {
  if (previous?.models === undefined || previous.summary === undefined) return undefined;
  const { p95TtftMs, successPercent, spendTodayUsd } = previous.summary;
  return {
    models: previous.models,
    credentials: previous.credentials ?? [],
    summary: defined({ p95TtftMs, successPercent, spendTodayUsd }),
  };
}

function modelNumbers({ offer, previous }: ProviderStatusInput, observed: ModelObservation): ModelNumbers {
  const { model, figures, inFlight } = observed;
  const { requests, inputTokens, cachedInputTokens, generationMs, streamedOutputTokens, p50TtftMs } = figures;
  const wasDegraded = previous?.models?.find(({ name }) => name === model)?.state === 'Degraded';
  return defined({
    name: model,
    state: modelState(observed, wasDegraded),
    requests,
    ...trafficNumbers(figures),
    p50TtftMs: p50TtftMs === undefined ? undefined : twoDigits(p50TtftMs),
    outputTokensPerSecond:
      generationMs > 0 && streamedOutputTokens > 0 ? twoDigits((streamedOutputTokens * 1000) / generationMs) : undefined,
    inFlight: Math.round(inFlight),
    tokensToday: Math.round(figures.tokensToday),
    cachedTokenPercent: inputTokens > 0 ? percentText(cachedInputTokens, inputTokens) : undefined,
    priced: offer?.find(model)?.pricing !== undefined,
  });
}

function subjectOf({ object, body }: ProviderStatusInput): HealthSubject {
  const { namespace = '', name } = object.metadata;
  const url = body?.origins[0]?.url;
  // Pods come and go; the Service is what people know.
  const service = textOf(fieldsOf(object.spec?.serviceRef)['name']);
  const host =
    service !== undefined ? `Service ${namespace}/${service}` : (URL.parse(url ?? '')?.host ?? `the provider ${namespace}/${name}`);
  const secrets = new Map<unknown, string>();
  for (const credential of listOf(object.spec?.credentials, MAX_CREDENTIALS).map(fieldsOf)) {
    const secret = textOf(fieldsOf(credential['secretRef'])['name']);
    if (secret !== undefined) secrets.set(credential['name'], `${namespace}/${secret}`);
  }
  return { host, secretOf: (credential) => secrets.get(credential), usesIdentity: isFields(object.spec?.workloadIdentity) };
}
