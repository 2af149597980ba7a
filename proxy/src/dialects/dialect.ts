import type { Capability, DialectId, UpstreamDialectId, VendorQuirks } from '@headgate/crds';
import type { CallerError } from '../wire/caller-error.ts';
import type { ChatCall, Decoded, Loss } from '../wire/chat-call.ts';
import type { ChatFacts } from '../wire/chat-facts.ts';
import type { UpstreamError } from '../wire/failure.ts';
import type { JsonObject } from '../wire/json.ts';
import type { AnswerObservation, StreamObserver } from '../wire/observation.ts';
import type { SseEvent } from '../wire/sse.ts';
import type { StreamEvent } from '../wire/stream-event.ts';
import type { StreamParser } from '../wire/stream-parser.ts';

/** What callers or providers speak, also beside the dialects that a provider is declared with. */
export type WireId = UpstreamDialectId | 'openai-completions';

/** What callers speak. */
export interface IngressDialect {
  readonly id: DialectId | 'openai-completions';
  /** As of `UpstreamDialect`: whoever reads the path puts `model` and `stream` into the body handed in here. */
  readonly callOutsideBody?: true;
  /** Callers' headers (lower case) that are part of the dialect: forwarded where both sides speak it. */
  readonly forwardedHeaders: readonly string[];

  decodeCall(body: JsonObject): Decoded<ChatCall>;
  /** What routing needs to know of a call, without translating it; total over any JSON object. */
  readFacts(body: JsonObject): ChatFacts;
  encodeAnswer(events: readonly StreamEvent[], context: AnswerContext): JsonObject;
  streamEncoder(context: AnswerContext): StreamEncoder;
  encodeError(error: CallerError, requestId: string): JsonObject;
  /** Status to send with `encodeError`: codes that the dialect's SDKs do not know (498, 529) become ones they do. */
  errorStatus(error: CallerError): number;
}

/** What a provider is spoken to in. */
export interface WireUpstream {
  readonly id: WireId;
  /** Path of a chat call below a provider's basePath, e.g. `/chat/completions`. */
  readonly chatPath: string;
  /** Used instead of `chatPath` where the path depends on the model and on streaming; may carry a query. */
  upstreamPath?(model: string, stream: boolean): string;
  /** Where the dialect counts tokens, below basePath; absent = it does not. The answer is passed on as it is. */
  countTokensPath?(model: string): string;
  /**
   * Model and streaming are told by the path, not in the body. As ingress: `readFacts` and `decodeCall` find both as
   * members `model` and `stream` that whoever has read the path adds. Bytes that pass through stay without them.
   */
  readonly callOutsideBody?: true;
  /** Headers every upstream call of this dialect needs, as [name, value]; credentials are not among them. */
  readonly upstreamHeaders: readonly (readonly [name: string, value: string])[];
  /** Streams carry usage only when the call asks with `stream_options` (see wire/splice-body.ts). */
  readonly usageOnRequest: boolean;

  encodeCall(call: ChatCall, context: CallContext): { readonly body: JsonObject; readonly losses: readonly Loss[] };
  /** A 2xx body. `invalid` when it is not an answer: no choices, wrong types, an error inside 200. */
  decodeAnswer(body: JsonObject): Decoded<readonly StreamEvent[]>;
  /** As `decodeAnswer`, without translating: is it an answer, and what did it cost? */
  observeAnswer(body: JsonObject): AnswerObservation;
  streamDecoder(): StreamDecoder;
  /** How to cut a stream of this content type (lower case) into events; absent = server-sent events. */
  streamParser?(contentType: string): StreamParser;
  /**
   * Any non-2xx answer, whatever its body: JSON of any vendor, HTML, empty. `header` takes lower-case names; without
   * `nowMs` (epoch) hints given as dates are ignored.
   */
  decodeError(status: number, header: (name: string) => string | undefined, body: string, nowMs?: number): UpstreamError;
}

/** What providers are declared with. */
export interface UpstreamDialect extends WireUpstream {
  readonly id: UpstreamDialectId;
}

/**
 * A wire format in both directions. Pure: no clocks, ids or randomness of its own; what it needs comes in through the
 * contexts. One file (or folder) + one line in registry.ts + one fixture folder; the contract suite runs every fixture.
 */
export interface WireDialect extends IngressDialect, WireUpstream {
  readonly id: IngressDialect['id'];
  /** Both sides equal: bytes pass through, this only watches. */
  streamObserver(): StreamObserver;
}

/** What providers can be declared with and callers have paths for: the dialects of registry.ts. */
export interface Dialect extends WireDialect {
  readonly id: DialectId;
}

export interface AnswerContext {
  /** Used where the provider gave no id. */
  readonly requestId: string;
  /** Used where the provider gave no model name. */
  readonly model: string;
  readonly nowSeconds: number;
  readonly includeUsage: boolean;
  /** Names of the caller's custom tools: their calls are told as free text (custom-tools.ts). */
  readonly customTools?: ReadonlySet<string>;
  /** For dialects with several ways to frame a stream (Gemini without `alt=sse`); absent = server-sent events. */
  readonly framing?: 'sse' | 'json-array';
}

export interface CallContext {
  /** The provider's name for the model. */
  readonly model: string;
  readonly quirks: VendorQuirks;
  /** The model's ceiling, for dialects that require a limit and callers that gave none. */
  readonly maxOutputTokens?: number;
  /** What the model can do, where known: reasoning settings are not sent to a model without `Reasoning`. */
  readonly capabilities?: readonly Capability[];
}

/** SSE events in, canonical events out. Stateful, one per answer. */
export interface StreamDecoder {
  push(event: SseEvent): readonly StreamEvent[];
  /**
   * Called when the provider closed the stream. True = the dialect's own proper end was seen; false = the stream was
   * cut. A finish reason without the end marker counts as an end where vendors are known to leave the marker out.
   */
  readonly ended: boolean;
}

/** Canonical events in, bytes of the caller's stream out. Stateful, one per answer. */
export interface StreamEncoder {
  /** Text to write; '' when the event produces nothing in this dialect. */
  push(event: StreamEvent): string;
  /** The dialect's proper end (usage chunk if asked for, `[DONE]`, message_stop). */
  end(): string;
  /** One well-formed in-band error, no proper end after it. */
  fail(error: CallerError): string;
}
