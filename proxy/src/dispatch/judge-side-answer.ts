import type { ReceivedCall } from '../accept/parse-call.ts';
import type { WireUpstream } from '../dialects/dialect.ts';
import type { OperationFormat } from '../operations/operation.ts';
import { classify, malformed, readAnswer, type Verdict, type WholeAnswer } from './judge-answer.ts';

export interface SideQuestion {
  readonly call: ReceivedCall;
  readonly provider: WireUpstream;
  readonly format: OperationFormat;
  readonly requestId: string;
}

/** As `judgeAnswer`, for operations beside chat: is it what was asked for, and how does the caller want it? */
export function judgeSideAnswer(answer: WholeAnswer, { call, provider, format, requestId }: SideQuestion): Verdict {
  const read = readAnswer(answer);
  if (read.type === 'failure') return read;
  const decoded = format.decodeAnswer(read.json, { body: call.body, model: call.facts.model, requestId });
  if (decoded.type === 'invalid') {
    const seen = provider.observeAnswer(read.json);
    const told = seen.type === 'invalid' ? seen.error : undefined;
    return { type: 'failure', error: told === undefined ? malformed(decoded.message) : classify(provider, told) };
  }
  const body = decoded.body === undefined ? answer.body : Buffer.from(JSON.stringify(decoded.body));
  return { type: 'answer', body, usage: decoded.usage, finish: undefined };
}
