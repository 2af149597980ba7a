import type { Capability } from '@headgate/crds';
import { findOperation, OPERATIONS } from '../operations/registry.ts';
import { nameOfKey } from '../snapshot/name-of-key.ts';
import type { Endpoint, Target } from '../snapshot/snapshot.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import type { Removal, RemovalReason } from './decision.ts';

/** Input sizes are estimates: a window is taken to be too small from 91 % of it on, rather than to overflow at the provider. */
const WINDOW_MARGIN = 1.1;

const BESIDE_CHAT: ReadonlySet<Capability> = new Set(Object.values(OPERATIONS).map(({ capability }) => capability));

type TargetVerdict = (target: Target, facts: CallFacts) => RemovalReason | undefined;
type EndpointVerdict = (endpoint: Endpoint, facts: CallFacts, nowMs: number) => RemovalReason | undefined;

/** In this order; the first verdict is the reason given. */
const TARGET_VERDICTS: readonly TargetVerdict[] = [noReadyAddress, lacksCapability, exceedsWindow];
/** The breaker comes last: `circuit-open` then means that nothing else is wrong with the endpoint. */
const ENDPOINT_VERDICTS: readonly EndpointVerdict[] = [lacksFiles, credentialUnusable, atConcurrencyLimit, circuitOpen];

export interface FilteredCandidates {
  /** Targets with at least one usable endpoint, each with only its usable ones. */
  readonly usable: readonly Target[];
  /** Targets with the endpoints that only an open breaker keeps out. */
  readonly open: readonly Target[];
  /** Targets with the endpoints whose key was refused of late, for want of anything better to try. */
  readonly refused: readonly Target[];
  readonly removed: readonly Removal[];
}

/** Hard filters: they hold for the first attempt and for every fallback alike. */
export function filterCandidates(targets: readonly Target[], facts: CallFacts, nowMs: number): FilteredCandidates {
  const usable: Target[] = [];
  const open: Target[] = [];
  const refused: Target[] = [];
  const removed: Removal[] = [];
  for (const target of targets) {
    const reason = judgeTarget(target, facts);
    if (reason === undefined) judgeEndpoints(target, facts, nowMs, { usable, open, refused, removed });
    else if (target.endpoints.length === 0) removed.push({ endpointId: target.id, reason });
    else for (const endpoint of target.endpoints) removed.push({ endpointId: endpoint.id, reason });
  }
  return { usable, open, refused, removed };
}

function judgeTarget(target: Target, facts: CallFacts): RemovalReason | undefined {
  for (const judge of TARGET_VERDICTS) {
    const reason = judge(target, facts);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function judgeEndpoint(endpoint: Endpoint, facts: CallFacts, nowMs: number): RemovalReason | undefined {
  for (const judge of ENDPOINT_VERDICTS) {
    const reason = judge(endpoint, facts, nowMs);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function judgeEndpoints(
  target: Target,
  facts: CallFacts,
  nowMs: number,
  into: { usable: Target[]; open: Target[]; refused: Target[]; removed: Removal[] },
): void {
  const opened: Endpoint[] = [];
  const refused: Endpoint[] = [];
  const usable = target.endpoints.filter((endpoint) => {
    const reason = judgeEndpoint(endpoint, facts, nowMs);
    if (reason === undefined) return true;
    into.removed.push({ endpointId: endpoint.id, reason });
    if (reason === 'circuit-open') opened.push(endpoint);
    else if (mayAskAgain(endpoint, reason)) refused.push(endpoint);
    return false;
  });
  if (usable.length > 0) into.usable.push(usable.length === target.endpoints.length ? target : { ...target, endpoints: usable });
  if (opened.length > 0) into.open.push({ ...target, endpoints: opened });
  if (refused.length > 0) into.refused.push({ ...target, endpoints: refused });
}

function noReadyAddress(target: Target): RemovalReason | undefined {
  return target.endpoints.length === 0 ? 'no-ready-address' : undefined;
}

/** An empty list of capabilities means that they are not known: nothing is kept out by it. */
function lacksCapability({ model }: Target, facts: CallFacts): RemovalReason | undefined {
  const { capabilities } = model;
  if (capabilities.length === 0) return undefined;
  const lacks = (capability: Capability): boolean => !capabilities.includes(capability);
  const operation = findOperation(facts.operation);
  if (operation !== undefined) return lacks(operation.capability) ? 'capability' : undefined;
  // A list that names only what is special about a chat model is still one of a chat model.
  const doesNotChat = lacks('Chat') && capabilities.some((capability) => BESIDE_CHAT.has(capability));
  const missing =
    doesNotChat ||
    (facts.hasTools && lacks('Tools')) ||
    (facts.hasImages && lacks('Vision')) ||
    (facts.hasAudio && lacks('Audio')) ||
    (facts.hasJsonSchema && lacks('JsonSchema'));
  return missing ? 'capability' : undefined;
}

/** Providers count the answer's limit against the window as well. */
function exceedsWindow({ model }: Target, facts: CallFacts): RemovalReason | undefined {
  if (model.contextWindow === undefined) return undefined;
  const answer = Math.min(facts.maxOutputTokens ?? 0, model.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return facts.inputTokens * WINDOW_MARGIN + answer > model.contextWindow ? 'context-window' : undefined;
}

/** Files are kept by the account of one key. */
function lacksFiles({ provider, connection }: Endpoint, { filesAt }: CallFacts): RemovalReason | undefined {
  if (filesAt === undefined) return undefined;
  const has = provider.key === `provider/${filesAt.provider}` && nameOfKey(connection) === filesAt.credential;
  return has ? undefined : 'files-elsewhere';
}

function credentialUnusable({ signals }: Endpoint, _facts: CallFacts, nowMs: number): RemovalReason | undefined {
  const { state, untilMs } = signals.credential;
  if (state === 'Active' || nowMs >= untilMs) return undefined;
  if (state === 'RateLimited') return 'credential-rate-limited';
  return state === 'Rejected' ? 'credential-rejected' : 'credential-exhausted';
}

/** A refused key may have been set right at the provider; one inside a wait that the provider named is left alone. */
function mayAskAgain(endpoint: Endpoint, reason: RemovalReason): boolean {
  const refused = reason === 'credential-rejected' || reason === 'credential-exhausted';
  const limited = reason === 'credential-rate-limited' && !endpoint.signals.credential.waitTold;
  return (refused || limited) && !isFull(endpoint);
}

function atConcurrencyLimit(endpoint: Endpoint): RemovalReason | undefined {
  return isFull(endpoint) ? 'concurrency-limit' : undefined;
}

function isFull({ provider, signals }: Endpoint): boolean {
  const { concurrency } = provider.resource;
  return concurrency !== undefined && signals.inFlight >= concurrency;
}

function circuitOpen({ signals }: Endpoint, _facts: CallFacts, nowMs: number): RemovalReason | undefined {
  return signals.breaker.isAvailable(nowMs) ? undefined : 'circuit-open';
}
