import type { Json, JsonObject } from './json.ts';
import { asArray, asNumber, asObject, asString } from './read-json.ts';
import { timestampMs } from './timestamp.ts';

/** Hints beyond this are a mistake, or mean "give up": no timer is ever set from them. */
const MAX_HINT_MS = 7 * 24 * 3_600_000;

type HeaderReader = (name: string) => string | undefined;

/**
 * How long a provider asks to be left alone, in ms, from whichever of the known places says it (reference: 1D.8):
 * `retry-after-ms` (Azure), `retry-after` in seconds or as a date, Google's `RetryInfo`, OpenRouter's
 * `availability.retry_after`, "try again in 5.2s" in the message (OpenAI, Groq), and last the `x-ratelimit-reset-*`
 * headers, of which the latest counts.
 */
export function retryHintMs(header: HeaderReader, body: Json | undefined, message: string, nowMs: number | undefined): number | undefined {
  const hint =
    plainNumber(header('retry-after-ms'), 1) ??
    secondsOrDate(header('retry-after'), nowMs) ??
    bodyHint(body) ??
    textHint(message) ??
    resetHint(header, nowMs);
  return hint === undefined || !(hint >= 0) ? undefined : Math.min(Math.ceil(hint), MAX_HINT_MS);
}

/** Go's `time.Duration` as text (`6m0s`, `1.5s`, `30ms`), in ms. */
export function goDurationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)) total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return total;
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 };

function plainNumber(text: string | undefined, unitMs: number): number | undefined {
  return text !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) * unitMs : undefined;
}

function secondsOrDate(text: string | undefined, nowMs: number | undefined): number | undefined {
  return plainNumber(text, 1000) ?? until(text, nowMs);
}

function until(text: string | undefined, nowMs: number | undefined): number | undefined {
  if (text === undefined || nowMs === undefined) return undefined;
  const atMs = timestampMs(text);
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}

function bodyHint(body: Json | undefined): number | undefined {
  const error = asObject(errorObject(body)?.['error']);
  if (error === undefined) return undefined;
  for (const detail of asArray(error['details']) ?? []) {
    const delay = asString(asObject(detail)?.['retryDelay']);
    if (delay !== undefined) return goDurationMs(delay);
  }
  const seconds =
    asNumber(asObject(error['availability'])?.['retry_after']) ?? asNumber(asObject(error['metadata'])?.['retry_after_seconds']);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Google wraps error bodies of stream endpoints into an array of one. */
function errorObject(body: Json | undefined): JsonObject | undefined {
  return asObject(body) ?? asObject(asArray(body)?.[0]);
}

function textHint(message: string): number | undefined {
  const match =
    /(?:try again|retry|wait|resets)\s+(?:in|after)\s+~?((?:\d+(?:\.\d+)?\s?(?:h|ms|m|s)(?![a-z]))+|\d+(?:\.\d+)?\s+(?:milliseconds?|seconds?|minutes?|hours?))/i.exec(
      message,
    );
  const text = match?.[1]?.toLowerCase();
  if (text === undefined) return undefined;
  const words = /^(\d+(?:\.\d+)?)\s+(millisecond|second|minute|hour)/.exec(text);
  if (words) return Number(words[1]) * (WORD_MS[words[2] ?? ''] ?? 1000);
  return goDurationMs(text.replaceAll(' ', ''));
}

const WORD_MS: Readonly<Record<string, number>> = { millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000 };

const RESET_HEADERS = [
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'x-ratelimit-reset',
  'anthropic-ratelimit-requests-reset',
  'anthropic-ratelimit-tokens-reset',
  'anthropic-ratelimit-input-tokens-reset',
  'anthropic-ratelimit-output-tokens-reset',
] as const;

/** Only limits that are used up say when to come back. */
function resetHint(header: HeaderReader, nowMs: number | undefined): number | undefined {
  let latest: number | undefined;
  for (const name of RESET_HEADERS) {
    const text = header(name)?.trim();
    const remaining = header(name.replace('reset', 'remaining'));
    if (text === undefined || (remaining !== undefined && Number(remaining) > 0)) continue;
    const hint = goDurationMs(text) ?? resetNumber(text, nowMs) ?? until(text, nowMs);
    if (hint !== undefined) latest = Math.max(latest ?? 0, hint);
  }
  return latest;
}

/** A plain number is seconds from now (Together, Azure), or an epoch in seconds or ms (OpenRouter). */
function resetNumber(text: string, nowMs: number | undefined): number | undefined {
  const number = plainNumber(text, 1);
  if (number === undefined || number < 1e9) return number === undefined ? undefined : number * 1000;
  if (nowMs === undefined) return undefined;
  return Math.max(0, (number < 1e12 ? number * 1000 : number) - nowMs);
}
