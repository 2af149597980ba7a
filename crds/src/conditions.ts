/** Every condition type Headgate writes and what it says when True. */
export const CONDITION_TYPES = {
  Accepted: 'Enough of the object is valid to produce configuration for the proxies.',
  ResolvedRefs: 'Everything the object refers to exists and may be used.',
  Programmed: 'Every connected proxy holds the current form of the object.',
  Healthy: 'The proxies get proper answers from the provider.',
  Conflicted: 'Another object already answers to a name; present only while it is true.',
  Ready: 'The summary to wait for: accepted, references resolved, held by every proxy.',
} as const;

export type ConditionType = keyof typeof CONDITION_TYPES;

/** Every reason of every condition type and its meaning; docs/conditions.md is made from it. */
export const CONDITION_REASONS = {
  Accepted: {
    Accepted: 'The whole object is valid.',
    Invalid: 'Nothing of the object can be used; the last good form, if any, keeps serving.',
    PartiallyValid: 'A part of the object is invalid and left out; the rest serves.',
    UnsupportedValue: 'A value is well-formed but this version of Headgate cannot act on it.',
  },
  ResolvedRefs: {
    ResolvedRefs: 'Every reference leads to something usable.',
    SecretNotFound: 'A Secret does not exist in the namespace of the object.',
    SecretKeyMissing: 'A Secret exists but the key in it is absent or empty.',
    RefNotPermitted:
      'The referred object forbids this use: a Secret bound to other hosts, a provider not open to this namespace, or an identity that is not lent.',
    CABundleInvalid: 'The CA bundle holds no readable PEM certificate.',
    ServiceNotFound: 'The Service does not exist in the namespace of the object.',
    ServicePortMissing: 'The Service has no such port.',
    NoReadyEndpoints: 'The Service has no ready pod.',
    ProviderNotFound: 'A target names a ModelProvider that does not exist.',
    ModelNotFound: 'A target names a model that the provider does not offer, or that is not in its list (then it is routed all the same).',
  },
  Programmed: {
    Programmed: 'Every connected proxy acknowledged the current form.',
    Pending: 'The current form is on its way and no proxy has answered yet.',
    PartiallyProgrammed: 'Some proxies hold the current form, others not yet.',
    Rejected: 'At least one proxy refused the current form and keeps the last good one.',
    NoProxies: 'No proxy is connected.',
  },
  Healthy: {
    Healthy: 'Requests succeed.',
    Degraded: 'Some requests fail, or some endpoints are left alone.',
    CircuitOpen: 'Every endpoint failed so often that it is left alone for a while.',
    Unreachable: 'Connections cannot be made: name, network or TLS.',
    AuthFailed: 'The provider refuses the keys.',
    QuotaExhausted: 'The account has no credit or quota left.',
    RateLimited: 'The provider asks to slow down on every key.',
    NoTraffic: 'Nothing was sent within the window, so nothing is known; the status is Unknown.',
  },
  Conflicted: {
    NameTaken: 'An older or more exact policy answers to the name; the message names it.',
  },
  Ready: {
    Ready: 'Accepted, resolved and programmed.',
    NotAccepted: 'Accepted is False.',
    UnresolvedRefs: 'ResolvedRefs is False.',
    NotProgrammed: 'Programmed is not True.',
  },
} as const;

export type ConditionReason<T extends ConditionType = ConditionType> = T extends ConditionType
  ? Extract<keyof (typeof CONDITION_REASONS)[T], string>
  : never;
