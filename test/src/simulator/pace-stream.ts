import type { Behaviour } from './behaviour.ts';
import type { StreamedAnswer } from './wire-dialect.ts';

/** Where a streamed answer goes; `write` resolves when the reader is ready for more. */
export interface StreamSink {
  readonly write: (frame: string) => Promise<void>;
  /** Ends politely. */
  readonly end: () => void;
  /** Closes the connection in the middle of the answer, after what was written has left. */
  readonly destroy: () => void;
  /** Resolves after `ms`, or at once when the caller has gone. */
  readonly pause: (ms: number) => Promise<void>;
  readonly isGone: () => boolean;
}

/** Sends a streamed answer token by token, as `behaviour` scripts it. `errorFrame` is what tells of a failed answer. */
export async function paceStream(answer: StreamedAnswer, errorFrame: string, behaviour: Behaviour, sink: StreamSink): Promise<void> {
  await sink.write(answer.head);
  for (const [index, token] of answer.tokens.entries()) {
    if (await interrupt(index, errorFrame, behaviour, sink)) return;
    await sink.write(token);
    if (behaviour.tokenMs > 0) await sink.pause(behaviour.tokenMs);
    if (sink.isGone()) return;
  }
  if (await interrupt(answer.tokens.length, errorFrame, behaviour, sink)) return;
  await sink.write(answer.tail);
  sink.end();
}

/** Acts out the scripted fault that is due after `sent` tokens; true when the answer is over. */
async function interrupt(sent: number, errorFrame: string, behaviour: Behaviour, sink: StreamSink): Promise<boolean> {
  if (behaviour.stallAfterTokens === sent) return true;
  if (behaviour.cutAfterTokens === sent) {
    sink.destroy();
    return true;
  }
  if (behaviour.errorAfterTokens === sent) await sink.write(errorFrame);
  if (behaviour.errorAfterTokens !== sent && behaviour.endAfterTokens !== sent) return false;
  sink.end();
  return true;
}
