import {
  type ConsumerResource,
  type PolicyResource,
  type PolicyRule,
  type PolicyTarget,
  type ProviderResource,
  type ResourceBody,
  type ResourceKey,
  resourceHash,
  type TableResource,
} from '@headgate/crds';
import type { CallFacts } from '../wire/call-facts.ts';

/** Resources with sensible values in every field, for tests and benchmarks: state what matters, take the rest from here. */
export function sampleProvider(name: string, fields: Partial<ProviderResource> = {}): ProviderResource {
  return {
    type: 'provider',
    namespace: 'team',
    name,
    uid: `uid-${name}`,
    generation: 1,
    vendor: 'Custom',
    dialect: 'openai-chat',
    origins: [{ url: `https://${name}.example.com` }],
    basePath: '/v1',
    auth: { type: 'Bearer' },
    headers: [],
    credentials: [{ name: 'main', secret: `key-of-${name}`, weight: 1 }],
    models: [],
    timeouts: { connectMs: 2_000, firstTokenMs: 30_000, idleMs: 60_000, totalMs: 600_000 },
    circuitBreaker: { consecutiveFailures: 5, failurePercent: 50, minRequests: 20, windowMs: 30_000, openMs: 30_000, maxOpenMs: 300_000 },
    quirks: {},
    privateAddressesAllowed: false,
    ...fields,
  };
}

/** A target in namespace `team`, e.g. `sampleTarget('openai', 'gpt-4o')`. */
export function sampleTarget(provider: string, model: string, fields: Partial<PolicyTarget> = {}): PolicyTarget {
  return { provider: `provider/team/${provider}`, model, weight: 1, ...fields };
}

export function sampleRule(targets: readonly PolicyTarget[], fields: Partial<PolicyRule> = {}): PolicyRule {
  return { name: 'default', strategy: 'Priority', targets, ...fields };
}

/** Answers to its own name unless told otherwise. */
export function samplePolicy(name: string, rules: readonly PolicyRule[], fields: Partial<PolicyResource> = {}): PolicyResource {
  const namespace = fields.namespace ?? 'team';
  return {
    type: 'policy',
    namespace,
    name,
    uid: `uid-${name}`,
    generation: 1,
    createdAt: '2026-01-01T00:00:00Z',
    models: [{ type: 'Exact', name }],
    access: { from: 'Same', matchLabels: {}, namespaces: [namespace], anonymous: false },
    rules,
    resilience: { attempts: 3, budgetPercent: 20, whenAllOpen: 'LeastBad' },
    onLossy: 'Warn',
    ...fields,
  };
}

export function sampleConsumer(name: string, fields: Partial<ConsumerResource> = {}): ConsumerResource {
  return { type: 'consumer', namespace: 'team', name, uid: `uid-${name}`, generation: 1, keyHashes: [], labels: {}, ...fields };
}

export function keyOf(body: ResourceBody): ResourceKey {
  return body.type === 'settings' ? 'settings' : `${body.type}/${body.namespace}/${body.name}`;
}

/** The bodies under their keys, hashed. */
export function sampleResources(bodies: readonly ResourceBody[]): ReadonlyMap<ResourceKey, TableResource> {
  return new Map(bodies.map((body) => [keyOf(body), { hash: resourceHash(body), body }]));
}

/** A small blocking chat call without a consumer. */
export function sampleFacts(fields: Partial<CallFacts> = {}): CallFacts {
  return {
    operation: 'chat',
    model: 'assistant',
    stream: false,
    inputTokens: 100,
    maxOutputTokens: undefined,
    hasTools: false,
    hasImages: false,
    hasAudio: false,
    hasFiles: false,
    hasJsonSchema: false,
    inToolLoop: false,
    lastUserText: 'hello',
    rawHeaders: [],
    consumer: undefined,
    ...fields,
  };
}
