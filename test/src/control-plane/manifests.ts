export interface ProviderManifest {
  readonly name: string;
  /** Where the provider's process listens. */
  readonly address: string;
  readonly port: number;
  /** Secret and key that hold the provider's API key. */
  readonly secret?: { readonly name: string; readonly key: string };
}

/** A provider behind a Service whose endpoint is a port of this machine. */
export function providerManifests({ name, address, port, secret }: ProviderManifest): string {
  const credentials =
    secret === undefined ? '' : `\n  credentials: [{ name: main, secretRef: { name: ${secret.name}, key: ${secret.key} } }]`;
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ name: http, port: 80, targetPort: ${port} }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-1, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ name: http, port: ${port} }]
endpoints: [{ addresses: ["${address}"], conditions: { ready: true } }]
---
apiVersion: headgate.dev/v1alpha1
kind: ModelProvider
metadata: { name: ${name} }
spec:
  type: Simulated
  serviceRef: { name: ${name}, port: 80 }
  models: [{ name: sim-small, capabilities: [Chat, Tools] }]${credentials}
`;
}

/** A policy that anyone may call; targets are tried in order. */
export function policyManifest(name: string, providers: readonly string[]): string {
  const targets = providers.map((provider) => `{ provider: { name: ${provider} }, model: sim-small }`);
  return `
apiVersion: headgate.dev/v1alpha1
kind: RoutePolicy
metadata: { name: ${name} }
spec:
  models: [${name}]
  access: { anonymous: true }
  rules: [{ name: default, targets: [${targets.join(', ')}] }]
`;
}

export function secretManifest(name: string, key: string, value: string): string {
  return `
apiVersion: v1
kind: Secret
metadata: { name: ${name} }
stringData: { ${key}: ${value} }
`;
}
