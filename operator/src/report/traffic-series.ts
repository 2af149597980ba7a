import type { TrafficCounts } from '@headgate/crds';
import { addToSketch, type LatencySketch, sketchQuantileMs } from './latency-sketch.ts';

/** Span of the figures that are not "today". */
export const WINDOW_MS = 60_000;
const SLOT_MS = 5000;
const SLOTS = WINDOW_MS / SLOT_MS;
const DAY_MS = 86_400_000;
/** Distinct labels (failure reasons, targets) kept per slot; a policy has at most 16 x 16 targets. */
const MAX_LABELS = 256;

export interface TrafficFigures {
  /** Within the window. */
  readonly requests: number;
  readonly failures: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** Time and tokens of what was streamed: tokens per second are known of nothing else. */
  readonly generationMs: number;
  readonly streamedOutputTokens: number;
  /** Requests per label within the window: failure reasons of a model, targets of a rule. */
  readonly labels: ReadonlyMap<string, number>;
  readonly p50TtftMs: number | undefined;
  readonly p95TtftMs: number | undefined;
  /** Since 00:00 UTC. */
  readonly requestsToday: number;
  readonly unpricedToday: number;
  readonly tokensToday: number;
  readonly costTodayNanoUsd: number;
}

interface Slot {
  /** now / SLOT_MS, rounded down. */
  readonly index: number;
  requests: number;
  failures: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  generationMs: number;
  streamedOutputTokens: number;
  readonly ttft: LatencySketch;
  readonly labels: Map<string, number>;
}

interface Day {
  readonly day: number;
  requests: number;
  unpriced: number;
  tokens: number;
  costNanoUsd: number;
}

/** Traffic of one model or one rule, summed over proxies: a sliding window of 60 s in slots of 5 s, and the UTC day so far. */
export class TrafficSeries {
  #slots: Slot[] = [];
  #today: Day = emptyDay(0);

  /** Adds a delta; `nowMs` is wall time, ms since 1970. */
  add(counts: TrafficCounts, labels: Readonly<Record<string, number>>, nowMs: number): void {
    const slot = this.#slotAt(nowMs);
    slot.requests += amount(counts.requests);
    slot.failures += amount(counts.failures);
    slot.inputTokens += amount(counts.inputTokens);
    slot.cachedInputTokens += amount(counts.cachedInputTokens);
    slot.outputTokens += amount(counts.outputTokens);
    slot.generationMs += amount(counts.generationMs);
    slot.streamedOutputTokens += amount(counts.streamedOutputTokens ?? 0);
    addToSketch(slot.ttft, counts.ttft);
    addLabels(slot.labels, Object.entries(labels));
    const today = this.#dayAt(nowMs);
    today.requests += amount(counts.requests);
    today.unpriced += amount(counts.unpricedRequests);
    today.tokens += amount(counts.inputTokens) + amount(counts.outputTokens);
    today.costNanoUsd += amount(counts.costNanoUsd);
  }

  figures(nowMs: number): TrafficFigures {
    return mergedFigures([this], nowMs);
  }

  /** Nothing left to tell: no traffic within the window or today. */
  isIdle(nowMs: number): boolean {
    return this.live(nowMs).length === 0 && this.#dayAt(nowMs).requests === 0;
  }

  live(nowMs: number): readonly Slot[] {
    const newest = Math.floor(nowMs / SLOT_MS);
    // Slots of the future come from a clock that was set back; they would otherwise stay for ever.
    const stale = this.#slots.some((slot) => slot.index <= newest - SLOTS || slot.index > newest);
    if (stale) this.#slots = this.#slots.filter((slot) => slot.index > newest - SLOTS && slot.index <= newest);
    return this.#slots;
  }

  today(nowMs: number): Readonly<Day> {
    return this.#dayAt(nowMs);
  }

  #slotAt(nowMs: number): Slot {
    const index = Math.floor(nowMs / SLOT_MS);
    const newest = this.#slots.at(-1);
    if (newest?.index === index) return newest;
    const known = this.live(nowMs).find((slot) => slot.index === index);
    if (known !== undefined) return known;
    const slot = emptySlot(index);
    this.#slots.push(slot);
    return slot;
  }

  #dayAt(nowMs: number): Day {
    const day = Math.floor(nowMs / DAY_MS);
    if (this.#today.day !== day) this.#today = emptyDay(day);
    return this.#today;
  }
}

/** Figures over several series together, e.g. all models of a provider. */
export function mergedFigures(series: Iterable<TrafficSeries>, nowMs: number): TrafficFigures {
  const sum = emptySlot(0);
  const today = emptyDay(0);
  for (const one of series) {
    for (const slot of one.live(nowMs)) addSlot(sum, slot);
    const day = one.today(nowMs);
    today.requests += day.requests;
    today.unpriced += day.unpriced;
    today.tokens += day.tokens;
    today.costNanoUsd += day.costNanoUsd;
  }
  const { index: _, ttft, ...counts } = sum;
  return {
    ...counts,
    p50TtftMs: sketchQuantileMs(ttft, 0.5),
    p95TtftMs: sketchQuantileMs(ttft, 0.95),
    requestsToday: today.requests,
    unpricedToday: today.unpriced,
    tokensToday: today.tokens,
    costTodayNanoUsd: today.costNanoUsd,
  };
}

function addSlot(sum: Slot, slot: Slot): void {
  sum.requests += slot.requests;
  sum.failures += slot.failures;
  sum.inputTokens += slot.inputTokens;
  sum.cachedInputTokens += slot.cachedInputTokens;
  sum.outputTokens += slot.outputTokens;
  sum.generationMs += slot.generationMs;
  sum.streamedOutputTokens += slot.streamedOutputTokens;
  for (const [bucket, count] of slot.ttft) sum.ttft.set(bucket, (sum.ttft.get(bucket) ?? 0) + count);
  addLabels(sum.labels, slot.labels);
}

function addLabels(into: Map<string, number>, labels: Iterable<readonly [string, number]>): void {
  for (const [label, count] of labels) {
    const before = into.get(label);
    if (before !== undefined || into.size < MAX_LABELS) into.set(label, (before ?? 0) + amount(count));
  }
}

/** Proxies are trusted, but one that counts wrong must not turn every sum into NaN. */
function amount(value: number): number {
  return value > 0 && Number.isFinite(value) ? value : 0;
}

function emptySlot(index: number): Slot {
  const counts = {
    requests: 0,
    failures: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    generationMs: 0,
    streamedOutputTokens: 0,
  };
  return { index, ...counts, ttft: new Map(), labels: new Map() };
}

function emptyDay(day: number): Day {
  return { day, requests: 0, unpriced: 0, tokens: 0, costNanoUsd: 0 };
}
