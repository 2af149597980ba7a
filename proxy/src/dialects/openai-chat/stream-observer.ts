import type { JsonObject } from '../../wire/json.ts';
import type { Observation, StreamObserver } from '../../wire/observation.ts';
import { asArray, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { FinishReason } from '../../wire/stream-event.ts';
import { decodeFinishReason } from './finish-reason.ts';
import { providerError } from './provider-error.ts';
import { decodeUsage } from './usage.ts';

const NOTHING: Observation = { content: false, done: false, usageOnly: false };
const CONTENT: Observation = { content: true, done: false, usageOnly: false };
const DONE: Observation = { content: false, done: true, usageOnly: false };

/**
 * Quotes inside JSON strings are escaped, so these match members only, never text. A member counts as content when
 * its string is not empty or its list has an element.
 */
const CONTENT_MEMBER =
  /"(?:content|reasoning_content|reasoning|refusal|text)":\s?"(?!")|"(?:tool_calls|content|images)":\s?\[\s?\{|"function_call":\s?\{/;
/** Anything that has to be read properly: usage, a reason to stop, an error. */
const TELLING_MEMBER = /"(?:usage|x_groq)":\s?\{|"finish_reason":\s?"|"error":\s?[^n\s]|"base_resp"|"object":\s?"error"/;

/**
 * A whole object (as far as its ends show) that has nothing to tell but a delta. Plain searches go first, for words
 * that ordinary chunks do not have or have only with null; the expression decides the rest.
 */
function isOrdinary(event: SseEvent): boolean {
  const { data } = event;
  if (!data.startsWith('{') || !data.endsWith('}') || event.event === 'error') return false;
  const suspicious =
    holdsValue(data, 'finish_reason":') ||
    holdsValue(data, 'usage":') ||
    data.includes('error') ||
    data.includes('x_groq') ||
    data.includes('base_resp');
  return !suspicious || !TELLING_MEMBER.test(data);
}

/** The member is somewhere there with a value that is not plainly null. */
function holdsValue(data: string, member: string): boolean {
  for (let at = data.indexOf(member); at !== -1; at = data.indexOf(member, at + 1)) {
    if (data[at + member.length] !== 'n') return true;
  }
  return false;
}

function hasContent(data: string): boolean {
  const at = data.indexOf('content":"');
  return (at !== -1 && data[at + 10] !== '"') || CONTENT_MEMBER.test(data);
}

/** Watches a stream of an OpenAI-compatible provider; ordinary deltas cost two searches and no parse. */
export class OpenaiStreamObserver implements StreamObserver {
  private finished = false;
  private sawEmptyFinish = false;
  private sawToolCalls = false;

  get ended(): boolean {
    return this.finished;
  }

  push(event: SseEvent): Observation {
    const { data } = event;
    if (data === '[DONE]' || data.trim() === '[DONE]') {
      if (!this.sawEmptyFinish || this.finished) return DONE;
      this.finished = true;
      return { ...DONE, finish: decodeFinishReason('', this.sawToolCalls) };
    }
    const content = hasContent(data);
    if (!this.sawToolCalls && data.includes('tool_calls')) this.sawToolCalls = /"tool_calls":\s?\[\s?\{/.test(data);
    if (isOrdinary(event)) return content ? CONTENT : NOTHING;
    return this.read(event, content);
  }

  private read(event: SseEvent, content: boolean): Observation {
    const chunk = asObject(parseJson(event.data));
    if (chunk === undefined) {
      if (event.data.trim() === '') return NOTHING;
      return { ...NOTHING, error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } };
    }
    const error = providerError(event.event === 'error' && chunk['error'] === undefined ? { error: chunk } : chunk);
    if (error !== undefined) return { ...NOTHING, error };
    const choices = (asArray(chunk['choices']) ?? []).map((item) => asObject(item) ?? {});
    const usage = decodeUsage(chunk['usage']) ?? decodeUsage(asObject(chunk['x_groq'])?.['usage']) ?? decodeUsage(choices[0]?.['usage']);
    const finish = this.finish(choices);
    if (finish?.unified === 'error')
      return { ...NOTHING, error: { message: `the provider gave up: finish_reason ${finish.raw}`, code: finish.raw } };
    return {
      content,
      done: false,
      usageOnly: choices.length === 0 && usage !== undefined,
      ...(usage !== undefined && { usage }),
      ...(finish !== undefined && { finish }),
    };
  }

  private finish(choices: readonly JsonObject[]): FinishReason | undefined {
    let finish: FinishReason | undefined;
    for (const choice of choices) {
      const raw = asString(choice['finish_reason']);
      if (raw === '') this.sawEmptyFinish = true;
      else if (raw !== undefined) finish ??= decodeFinishReason(raw, this.sawToolCalls);
    }
    if (finish !== undefined && finish.unified !== 'error') this.finished = true;
    return finish;
  }
}
