import type { Answer } from './answer.ts';
import type { ConversationParse } from './conversation.ts';
import type { JsonObject } from './json.ts';

/** One wire format of the simulator: reads calls, spells answers. Pure. */
export interface WireDialect {
  readonly read: (body: JsonObject) => ConversationParse;
  /** The whole answer as one JSON body. */
  readonly blocking: (answer: Answer, facts: AnswerFacts) => JsonObject;
  /** The same answer as server-sent events. */
  readonly stream: (answer: Answer, facts: AnswerFacts) => StreamedAnswer;
  readonly errorBody: (status: number, message: string) => JsonObject;
  /** The event that tells a caller, in the middle of a stream, that the answer failed. */
  readonly errorFrame: (message: string) => string;
}

/** What the server adds to an answer. */
export interface AnswerFacts {
  readonly id: string;
  readonly model: string;
  readonly createdSeconds: number;
  readonly streamUsage: boolean;
}

/** Ready-made frames: `head`, one per token, `tail`. */
export interface StreamedAnswer {
  readonly head: string;
  readonly tokens: readonly string[];
  readonly tail: string;
}
