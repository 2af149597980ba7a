import type { HelloFrame, PolicyResource, ResourceBody, ResourceKey } from '@headgate/crds';

/** A minimal policy resource for tests; `generation` is what makes two forms of it differ. */
export function policyBody(name: string, generation = 1): PolicyResource {
  return {
    type: 'policy',
    namespace: 'default',
    name,
    uid: name,
    generation,
    createdAt: '2026-01-01T00:00:00Z',
    models: [{ type: 'Exact', name }],
    access: { from: 'Same', matchLabels: {}, namespaces: ['default'], anonymous: true },
    rules: [{ name: 'main', strategy: 'Priority', targets: [] }],
    resilience: { attempts: 3, budgetPercent: 20, whenAllOpen: 'LeastBad' },
    onLossy: 'Warn',
  };
}

/** Resources by key for the given policies. */
export function resourcesOf(...policies: readonly PolicyResource[]): Map<ResourceKey, ResourceBody> {
  return new Map(policies.map((policy) => [`policy/default/${policy.name}`, policy]));
}

/** A hello of a proxy that holds nothing. */
export function helloOf(proxyId: string): HelloFrame {
  return { type: 'hello', proxyId, version: '0.1.0', contractVersion: 1, dialects: ['openai-chat'], heldRevision: 0, heldHashes: {} };
}
