import { createHmac } from 'node:crypto';
import {
  CONTRACT_VERSION,
  type ConsumerResource,
  type DialectId,
  type PolicyResource,
  type PolicyTarget,
  type ProviderResource,
  type ResourceBody,
  type ResourceKey,
  type RoutingTable,
  resourceHash,
  tableHash,
} from '@headgate/crds';

/** Builders of routing tables for tests that start a proxy without an operator. */

const KEY_SALT = 'ab'.repeat(32);
const NAMESPACE = 'team';

export const CALLER_KEY = 'caller-key';

export function providerResource(name: string, urls: readonly string[], changes: Partial<ProviderResource> = {}): ProviderResource {
  return {
    ...identity(name),
    type: 'provider',
    vendor: 'Custom',
    dialect: 'openai-chat',
    origins: urls.map((url) => ({ url })),
    basePath: '/v1',
    auth: { type: 'Bearer' },
    headers: [],
    credentials: [{ name: 'main', secret: `key-of-${name}`, weight: 1 }],
    models: [],
    timeouts: { connectMs: 1000, firstTokenMs: 5000, idleMs: 5000, totalMs: 20_000 },
    circuitBreaker: {
      consecutiveFailures: 1000,
      failurePercent: 100,
      minRequests: 1000,
      windowMs: 30_000,
      openMs: 30_000,
      maxOpenMs: 300_000,
    },
    quirks: {},
    privateAddressesAllowed: true,
    ...changes,
  };
}

/** A provider of the other dialect needs another kind of key header too. */
export function anthropicProvider(name: string, urls: readonly string[], changes: Partial<ProviderResource> = {}): ProviderResource {
  return providerResource(name, urls, { dialect: 'anthropic-messages', auth: { type: 'Header', name: 'x-api-key' }, ...changes });
}

export function providerFor(
  dialect: DialectId,
  name: string,
  urls: readonly string[],
  changes: Partial<ProviderResource> = {},
): ProviderResource {
  return dialect === 'openai-chat' ? providerResource(name, urls, changes) : anthropicProvider(name, urls, changes);
}

export function targetOf(provider: string, changes: Partial<PolicyTarget> = {}): PolicyTarget {
  return { provider: `provider/${NAMESPACE}/${provider}`, model: 'upstream-model', weight: 1, facts: priced('upstream-model'), ...changes };
}

/** 1 USD per million input tokens, 2 USD per million output tokens. */
function priced(name: string): NonNullable<PolicyTarget['facts']> {
  return {
    name,
    capabilities: ['Chat', 'Embeddings', 'Tools', 'Vision', 'JsonSchema', 'Reasoning'],
    maxOutputTokens: 4096,
    pricing: { inputNanoUsd: 1000, outputNanoUsd: 2000 },
  };
}

/** Policy `assistant`: the providers in order, the first that answers wins. */
export function policyResource(name: string, targets: readonly PolicyTarget[], changes: Partial<PolicyResource> = {}): PolicyResource {
  return {
    ...identity(name),
    type: 'policy',
    createdAt: '2026-01-01T00:00:00Z',
    models: [{ type: 'Exact', name }],
    access: { from: 'Same', matchLabels: {}, namespaces: [NAMESPACE], anonymous: false },
    rules: [{ name: 'default', strategy: 'Priority', targets }],
    resilience: { attempts: 5, budgetPercent: 100, whenAllOpen: 'LeastBad' },
    onLossy: 'Warn',
    ...changes,
  };
}

export function consumerResource(name: string, key: string, changes: Partial<ConsumerResource> = {}): ConsumerResource {
  return { ...identity(name), type: 'consumer', keyHashes: [hashKey(key)], labels: {}, ...changes };
}

/** The table of these resources, with the settings and a consumer that holds CALLER_KEY. */
export function tableOf(...bodies: readonly ResourceBody[]): RoutingTable {
  const all: readonly ResourceBody[] = [{ type: 'settings', keySalt: KEY_SALT }, consumerResource('caller', CALLER_KEY), ...bodies];
  const resources = Object.fromEntries(all.map((body) => [keyOf(body), { hash: resourceHash(body), body }]));
  const hash = tableHash(new Map(Object.entries(resources).map(([key, resource]) => [key, resource.hash])));
  return { contractVersion: CONTRACT_VERSION, revision: 100_000_001, hash, resources };
}

function keyOf(body: ResourceBody): ResourceKey {
  return body.type === 'settings' ? 'settings' : `${body.type}/${body.namespace}/${body.name}`;
}

function hashKey(key: string): string {
  return createHmac('sha256', Buffer.from(KEY_SALT, 'hex')).update(key).digest('hex');
}

function identity(name: string): { readonly namespace: string; readonly name: string; readonly uid: string; readonly generation: number } {
  return { namespace: NAMESPACE, name, uid: `uid-${name}`, generation: 1 };
}
