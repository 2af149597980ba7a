import type { OperationId } from './operation-id.ts';

/** What rules, filters and strategies know of a call; computed once per request from the parsed body. */
export interface CallFacts {
  readonly operation: OperationId;
  /** Name the caller asked for. */
  readonly model: string;
  readonly stream: boolean;
  /** Estimate; the tokenizer never runs on the event loop. */
  readonly inputTokens: number;
  readonly maxOutputTokens: number | undefined;
  readonly hasTools: boolean;
  readonly hasImages: boolean;
  readonly hasAudio: boolean;
  readonly hasFiles: boolean;
  readonly hasJsonSchema: boolean;
  /** The history ends in tool results: the model that made the calls should answer them. */
  readonly inToolLoop: boolean;
  /** Text of the last user message, cut at 64 KiB; for keyword rules. */
  readonly lastUserText: string;
  /** Set when the call refers to files that only one place has: `<ns>/<name>` of the provider, name of its key (`-` for none). */
  readonly filesAt?: { readonly provider: string; readonly credential: string };
  /** Raw header pairs as node:http gives them: [name, value, ...]. */
  readonly rawHeaders: readonly string[];
  readonly consumer:
    | {
        readonly id: string;
        readonly name: string;
        readonly namespace: string;
        readonly tier: string | undefined;
        readonly labels: Readonly<Record<string, string>>;
      }
    | undefined;
}
