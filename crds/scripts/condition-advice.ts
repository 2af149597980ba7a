import type { ConditionReason, ConditionType } from '../src/conditions.ts';

type Advice = { readonly [T in ConditionType]: { readonly [R in ConditionReason<T>]: readonly [status: string, advice: string] } };

/** Status that goes with a reason, and what to do about it. */
export const CONDITION_ADVICE: Advice = {
  Accepted: {
    Accepted: ['True', 'Nothing.'],
    Invalid: ['False', 'Correct the field that the message names.'],
    PartiallyValid: ['True', 'Correct the part that the message names; the rest already serves.'],
    UnsupportedValue: ['False', 'Use a value that the message lists, or upgrade Headgate.'],
  },
  ResolvedRefs: {
    ResolvedRefs: ['True', 'Nothing.'],
    SecretNotFound: ['False', 'Create the Secret in the same namespace, or correct its name.'],
    SecretKeyMissing: ['False', 'Add the key to the Secret, or correct `key`.'],
    RefNotPermitted: [
      'False',
      'Extend `headgate.dev/allowed-hosts` of the Secret, `allowedNamespaces` of the provider, or the chart value `workloadIdentity.allowed`.',
    ],
    CABundleInvalid: ['False', 'Put PEM certificates (BEGIN CERTIFICATE) under the key.'],
    ServiceNotFound: ['False', 'Create the Service in the same namespace, or correct its name.'],
    ServicePortMissing: ['False', 'Use the port number of the Service, not of the pod.'],
    NoReadyEndpoints: ['False', 'Look at the pods behind the Service: `kubectl get endpointslices`.'],
    ProviderNotFound: ['False', 'Create the ModelProvider, or correct name and namespace of the target.'],
    ModelNotFound: ['False', 'Use a model the provider offers, or list it under `models` of the provider.'],
  },
  Programmed: {
    Programmed: ['True', 'Nothing.'],
    Pending: ['False', 'Wait a moment.'],
    PartiallyProgrammed: ['False', 'Wait; if it stays, look at the proxies that `status.dataplane` counts as missing.'],
    Rejected: ['False', 'Read `status.dataplane.rejected`; a proxy older than the operator may not know a value.'],
    NoProxies: ['False', 'Start proxies, or look at their logs for why they cannot reach the operator.'],
  },
  Healthy: {
    Healthy: ['True', 'Nothing.'],
    Degraded: ['False', 'Look at `status.models` and `status.credentials` for the part that fails.'],
    CircuitOpen: ['False', 'Look at the provider; Headgate tries it again by itself.'],
    Unreachable: ['False', 'Check URL, DNS, network policies and TLS settings.'],
    AuthFailed: ['False', 'Replace the key in the Secret; it is used within seconds.'],
    QuotaExhausted: ['False', 'Top up the account, or add a credential of another one.'],
    RateLimited: ['False', 'Wait, add credentials, or send less: `status.credentials[].until` says how long.'],
    NoTraffic: ['Unknown', 'Nothing; send a request to find out.'],
  },
  Conflicted: {
    NameTaken: ['True', 'Rename one of the two, or delete the loser; the message names the winner.'],
  },
  Ready: {
    Ready: ['True', 'Nothing.'],
    NotAccepted: ['False', 'See Accepted.'],
    UnresolvedRefs: ['False', 'See ResolvedRefs.'],
    NotProgrammed: ['False', 'See Programmed.'],
  },
};
