import type { Exchange } from '../accept/exchange.ts';
import type { Clock } from '../support/clock.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { Conclusion } from './conclusion.ts';
import { explainUnroutable } from './explain-decision.ts';
import type { Recorder } from './recorder.ts';
import type { Responder } from './responder.ts';

export interface ConcludeContext {
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** A defect: logged and counted. */
  readonly onDefect: (error: unknown, requestId: string) => void;
}

/** Tells the caller what was not told yet, and books the request. */
export function conclude(exchange: Exchange, conclusion: Conclusion, responder: Responder, context: ConcludeContext): void {
  const error = errorOf(conclusion);
  if (error !== undefined) responder.sendError(error, conclusion.type === 'dispatched' ? conclusion.outcome.attempts.length : 0);
  else if (conclusion.type === 'document') responder.sendDocument(conclusion.document, conclusion.estimated === true);
  context.recorder.record(exchange, conclusion, responder, error?.code, context.clock.monotonicMs());
}

/** The one catch of a request: 500 and a log line, or, in the middle of an answer, a closed connection. Never a crash. */
export function concludeDefect(exchange: Exchange, thrown: unknown, responder: Responder, context: ConcludeContext): void {
  context.onDefect(thrown, exchange.requestId);
  if (responder.status !== 0) {
    responder.cut();
    return;
  }
  const error = callerError('internal', 'Something went wrong inside Headgate; the log has the details under this request id.');
  conclude(exchange, { type: 'refused', error }, responder, context);
}

function errorOf(conclusion: Conclusion): CallerError | undefined {
  switch (conclusion.type) {
    case 'refused':
      return conclusion.error;
    case 'unroutable':
      return explainUnroutable(conclusion.decision);
    case 'relayed':
    case 'dispatched':
      return conclusion.outcome.type === 'failed' ? conclusion.outcome.error : undefined;
    default:
      return undefined;
  }
}
