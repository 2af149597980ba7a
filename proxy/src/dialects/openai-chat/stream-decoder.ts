import type { JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';
import { contentEvents, inChoice } from './choice-events.ts';
import { startEvent } from './decode-answer.ts';
import { decodeFinishReason } from './finish-reason.ts';
import { providerError } from './provider-error.ts';
import { ReasoningTracker } from './reasoning-tracker.ts';
import { ToolCallTracker } from './tool-call-tracker.ts';
import { decodeUsage } from './usage.ts';

interface ChoiceState {
  readonly index: number;
  readonly calls: ToolCallTracker;
  readonly reasoning: ReasoningTracker;
  finished: boolean;
  /** `finish_reason: ""`: some send it with every chunk, some mean the end by it; it counts once `[DONE]` confirms. */
  sawEmptyFinish: boolean;
}

/** OpenAI's ceiling of `n`; more are not answers but an attack. */
const MAX_CHOICES = 128;

/** Chunks of any OpenAI-compatible provider, with the deviations of reference 1B and 1D.3. */
export class OpenaiStreamDecoder implements StreamDecoder {
  private readonly choices = new Map<number, ChoiceState>();
  private started = false;
  private answerId = '';

  /** `[DONE]` alone is no end: an answer is whole when every choice has said why it stopped. */
  get ended(): boolean {
    if (this.choices.size === 0) return false;
    for (const choice of this.choices.values()) if (!choice.finished) return false;
    return true;
  }

  push(event: SseEvent): readonly StreamEvent[] {
    if (event.data.trim() === '[DONE]') return this.close();
    const chunk = asObject(parseJson(event.data));
    if (chunk === undefined) {
      if (event.data.trim() === '') return [];
      return [{ type: 'error', error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } }];
    }
    const error = providerError(event.event === 'error' && chunk['error'] === undefined ? { error: chunk } : chunk);
    if (error !== undefined) return [{ type: 'error', error }];
    return this.chunk(chunk);
  }

  private chunk(chunk: JsonObject): StreamEvent[] {
    const choices = (asArray(chunk['choices']) ?? []).slice(0, MAX_CHOICES);
    const events: StreamEvent[] = [];
    if (!this.started && choices.length > 0) {
      this.started = true;
      this.answerId = asString(chunk['id']) ?? '';
      events.push(startEvent(chunk));
    }
    let usage = decodeUsage(chunk['usage']) ?? decodeUsage(asObject(chunk['x_groq'])?.['usage']);
    for (const item of choices) {
      const choice = asObject(item) ?? {};
      events.push(...this.choice(choice));
      // Moonshot writes it into the choice.
      usage ??= decodeUsage(choice['usage']);
    }
    if (usage !== undefined) events.push({ type: 'usage', usage });
    return events;
  }

  private choice(choice: JsonObject): StreamEvent[] {
    const index = asNumber(choice['index']) ?? 0;
    if (this.choices.size >= MAX_CHOICES && !this.choices.has(index)) return [];
    const state = this.stateOf(index);
    const delta = asObject(choice['delta']) ?? asObject(choice['message']) ?? {};
    const events = [...state.reasoning.push(delta), ...contentEvents(delta, state.index)];
    for (const piece of asArray(delta['tool_calls']) ?? []) events.push(...state.calls.push(asObject(piece) ?? {}, this.answerId));
    const legacy = asObject(delta['function_call']);
    if (legacy !== undefined) events.push(...state.calls.push({ index: 0, function: legacy }, this.answerId));
    const raw = asString(choice['finish_reason']);
    if (raw === '') state.sawEmptyFinish = true;
    else if (raw !== undefined && !state.finished) events.push(...this.finish(state, raw, asString(choice['stop_reason'])));
    return events;
  }

  private finish(state: ChoiceState, raw: string, stopSequence?: string): StreamEvent[] {
    const reason = decodeFinishReason(raw, state.calls.seen);
    if (reason.unified === 'error') return [{ type: 'error', error: { message: `the provider gave up: finish_reason ${raw}`, code: raw } }];
    state.finished = true;
    const stopped = stopSequence !== undefined && reason.unified === 'stop' && { stopSequence };
    return [...state.reasoning.end(), ...state.calls.end(), { type: 'finish', reason, ...inChoice(state.index), ...stopped }];
  }

  private close(): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const state of this.choices.values()) if (state.sawEmptyFinish && !state.finished) events.push(...this.finish(state, ''));
    return events;
  }

  private stateOf(index: number): ChoiceState {
    let state = this.choices.get(index);
    if (state === undefined) {
      state = { index, calls: new ToolCallTracker(index), reasoning: new ReasoningTracker(index), finished: false, sawEmptyFinish: false };
      this.choices.set(index, state);
    }
    return state;
  }
}
