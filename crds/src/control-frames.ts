/**
 * Frames of the control stream (HTTP over TLS, newline-delimited JSON, debuggable with curl).
 * Down: `GET /control/v1/updates?proxyId=…`. Up: `POST /control/v1/reports`, one frame per body.
 */
import type { ResourceKey, TableResource, UpstreamDialectId } from './routing-table.ts';

/** operator -> proxy */
export type DownFrame = UpdateFrame | HeartbeatFrame | FleetFrame;

export interface UpdateFrame {
  readonly type: 'update';
  readonly contractVersion: number;
  readonly revision: number;
  /** Revision this delta applies to; 0 = a full table. */
  readonly base: number;
  readonly upserts: Readonly<Record<ResourceKey, TableResource>>;
  readonly deletes: readonly ResourceKey[];
  /** Hash of the whole table after the delta; the proxy refuses the frame when its own differs. */
  readonly tableHash: string;
  /** True when the table is empty on purpose: a proxy refuses an unmarked empty table. */
  readonly emptyConfirmed: boolean;
}

/** Every 15 s, so that a dead connection is noticed. */
export interface HeartbeatFrame {
  readonly type: 'heartbeat';
  readonly revision: number;
}

export interface FleetFrame {
  readonly type: 'fleet';
  /** Proxies connected to this operator. */
  readonly proxies: number;
}

/** proxy -> operator */
export type UpFrame = HelloFrame | AckFrame | ReportFrame;

export interface HelloFrame {
  readonly type: 'hello';
  /** Pod name; bound to the pod in the token when the token names one. */
  readonly proxyId: string;
  readonly version: string;
  readonly contractVersion: number;
  readonly dialects: readonly UpstreamDialectId[];
  /** 0 = holds nothing. */
  readonly heldRevision: number;
  readonly heldHashes: Readonly<Record<ResourceKey, string>>;
}

export interface AckFrame {
  readonly type: 'ack';
  readonly proxyId: string;
  readonly revision: number;
  /** Resources that were refused; the last good form of each keeps serving. */
  readonly rejected: readonly RejectedResource[];
}

export interface RejectedResource {
  readonly key: ResourceKey;
  /** Hash of the refused form. */
  readonly hash: string;
  readonly reason: string;
}

/** Additive deltas since the last report; (epoch, sequence) makes a repeated delivery harmless. */
export interface ReportFrame {
  readonly type: 'report';
  readonly proxyId: string;
  /** Start of the proxy process, ms since 1970; with `sequence` it orders reports. */
  readonly epoch: number;
  readonly sequence: number;
  readonly windowMs: number;
  readonly providers: readonly ProviderReport[];
  readonly policies: readonly PolicyReport[];
  /** What providers list, where that is new to the operator; the rest follows in the next reports. */
  readonly listings?: readonly ListingReport[];
}

/** State now: what one proxy knows of the models that a provider lists. */
export interface ListingReport {
  readonly key: ResourceKey;
  /** `ProviderListing.subject` of the form that was asked. */
  readonly subject: string;
  /** The last list the provider gave, sorted by name; absent: none so far. */
  readonly models?: readonly ListedModel[];
  /** Why the newest attempt came to nothing; absent: it did not. Never holds a key. */
  readonly error?: string;
}

/** What a list says of a model; absent = it does not say. */
export interface ListedModel {
  readonly name: string;
  /** Words of `Capability`, of which a newer proxy may know more. */
  readonly capabilities?: readonly string[];
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly pricing?: ListedPricing;
}

/** As in `ModelPricing`. */
export interface ListedPricing {
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
  readonly cachedInputNanoUsd?: number;
  readonly cacheWriteNanoUsd?: number;
  readonly perRequestNanoUsd?: number;
}

export interface ProviderReport {
  readonly key: ResourceKey;
  readonly models: readonly ModelReport[];
  /** State now, not a delta. */
  readonly credentials: readonly CredentialReport[];
}

export interface TrafficCounts {
  readonly requests: number;
  readonly failures: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** 1e-9 USD; requests to models without a known price, failed ones included, are counted in `unpricedRequests`, never as 0. */
  readonly costNanoUsd: number;
  readonly unpricedRequests: number;
  /** Time to first token in ms, as counts per bucket of `LATENCY_BUCKETS_MS` (index -> count). */
  readonly ttft: Readonly<Record<string, number>>;
  /** First content to end in ms, of answers that were streamed: of a whole answer nobody saw when its tokens came. */
  readonly generationMs: number;
  /** Those of `outputTokens` that came within `generationMs`. Absent from proxies older than this field. */
  readonly streamedOutputTokens?: number;
}

export interface ModelReport extends TrafficCounts {
  readonly model: string;
  /** State now: requests in flight. */
  readonly inFlight: number;
  /** State now: endpoints of this model by breaker state. */
  readonly endpoints: { readonly closed: number; readonly open: number; readonly halfOpen: number };
  /** Failure reasons of this window and their counts. */
  readonly failureReasons: Readonly<Record<string, number>>;
  /** How often connections failed in this window, by what went wrong, e.g. `TLS handshake failed (CERT_HAS_EXPIRED)`. Absent = never. */
  readonly connectionFailures?: Readonly<Record<string, number>>;
}

export interface CredentialReport {
  readonly name: string;
  readonly state: 'Active' | 'RateLimited' | 'Rejected' | 'Exhausted';
  /** RFC 3339; only with RateLimited. */
  readonly until?: string;
}

export interface PolicyReport {
  readonly key: ResourceKey;
  readonly rules: readonly RuleReport[];
}

export interface RuleReport extends TrafficCounts {
  readonly name: string;
  readonly targets: readonly { readonly target: string; readonly requests: number }[];
}

/** Upper bounds (ms) of the latency sketch: geometric, x1.25 from 1 ms to above 10 min; the last bucket is open. */
export const LATENCY_BUCKETS_MS: readonly number[] = Array.from({ length: 61 }, (_, i) => Math.round(1.25 ** i * 100) / 100);

/** Index of the bucket in `LATENCY_BUCKETS_MS` that holds `ms`. */
export function latencyBucket(ms: number): number {
  if (!(ms > 1)) return 0;
  return Math.min(LATENCY_BUCKETS_MS.length - 1, Math.ceil(Math.log(ms) / Math.log(1.25)));
}
