import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject, parseJson } from '../../wire/read-json.ts';
import type { SseEvent } from '../../wire/sse.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { StreamDecoder } from '../dialect.ts';
import { answerIdOf } from './answer-id.ts';
import { blockEvents, candidatesOf, errorOf, startEvent } from './answer-parts.ts';
import { CandidateDecoder } from './candidate-decoder.ts';
import { decodeUsage } from './usage.ts';

/** More are not answers but an attack; Google's ceiling is 8. */
const MAX_CANDIDATES = 128;

/** Pieces of `streamGenerateContent`, each of them an answer in itself; there is no end marker. */
export class GeminiStreamDecoder implements StreamDecoder {
  private readonly candidates = new Map<number, CandidateDecoder>();
  private started = false;
  private blocked = false;
  private answerId = '';

  /** Every candidate has said why it stopped, or the prompt was blocked. */
  get ended(): boolean {
    if (this.candidates.size === 0) return this.blocked;
    for (const candidate of this.candidates.values()) if (!candidate.finished) return false;
    return true;
  }

  push(event: SseEvent): readonly StreamEvent[] {
    const value = parseJson(event.data);
    const list = asArray(value);
    if (list !== undefined) return list.flatMap((item) => this.piece(asObject(item) ?? {}));
    const body = asObject(value);
    if (body !== undefined) return this.piece(body);
    if (event.data.trim() === '' || event.data.trim() === '[DONE]') return [];
    return [{ type: 'error', error: { message: 'the provider sent an event that is not a JSON object', code: 'malformed' } }];
  }

  private piece(body: JsonObject): StreamEvent[] {
    const error = errorOf(body);
    if (error !== undefined) return [{ type: 'error', error }];
    const candidates = candidatesOf(body).slice(0, MAX_CANDIDATES);
    const events: StreamEvent[] = this.start(body);
    for (const { index, candidate } of candidates) events.push(...(this.candidate(index)?.push(candidate, this.answerId) ?? []));
    const usage = decodeUsage(body['usageMetadata']);
    if (usage !== undefined) events.push({ type: 'usage', usage });
    for (const { index, candidate } of candidates) events.push(...(this.candidates.get(index)?.finish(candidate) ?? []));
    if (candidates.length === 0 && this.candidates.size === 0 && !this.blocked) events.push(...this.block(body));
    return events;
  }

  private start(body: JsonObject): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    this.answerId = answerIdOf(body);
    return [startEvent(body)];
  }

  private block(body: JsonObject): StreamEvent[] {
    const events = blockEvents(body);
    this.blocked = events !== undefined;
    return events ?? [];
  }

  private candidate(index: number): CandidateDecoder | undefined {
    let candidate = this.candidates.get(index);
    if (candidate === undefined && this.candidates.size < MAX_CANDIDATES) {
      candidate = new CandidateDecoder(index);
      this.candidates.set(index, candidate);
    }
    return candidate;
  }
}
