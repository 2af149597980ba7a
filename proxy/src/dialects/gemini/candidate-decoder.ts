import type { Opaque } from '../../wire/chat-call.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asObject, asString } from '../../wire/read-json.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import { camelMembers } from './camel-case.ts';
import { extrasEvent } from './candidate-extras.ts';
import { decodeFinishReason } from './finish-reason.ts';
import { PartialArguments } from './partial-arguments.ts';
import { splitPart } from './split-part.ts';
import { DIALECT, signedCall, tagSignature, tagTextSignature, unpackState } from './thought-signature.ts';

/** No model makes as many. */
const MAX_CALLS = 1000;

/** One candidate of an answer, whole or in the pieces of a stream. */
export class CandidateDecoder {
  private readonly choice: number;
  private callCount = 0;
  private hasContent = false;
  /** The call whose arguments are still coming. */
  private open: { readonly index: number; readonly args: PartialArguments } | undefined;
  /** Has said why it stopped; Gemini repeats that in some streams. */
  finished = false;

  constructor(choice: number) {
    this.choice = choice;
  }

  /** @param answerId makes ids for calls that came without one unique among answers */
  push(candidate: JsonObject, answerId: string): StreamEvent[] {
    const parts = asObject(candidate['content'])?.['parts'];
    const events = (asArray(parts) ?? []).flatMap((item) => this.part(item, answerId));
    if (events.some((event) => event.type !== 'reasoning-signature' && event.type !== 'redacted-reasoning')) this.hasContent = true;
    const extras = this.choice === 0 ? extrasEvent(candidate) : undefined;
    if (extras !== undefined) events.push(extras);
    return events;
  }

  /** The end of this candidate, when the piece has it. An answer that is no answer is an error. */
  finish(candidate: JsonObject): StreamEvent[] {
    const raw = asString(candidate['finishReason']) ?? '';
    if (raw === '' || this.finished) return [];
    const reason = decodeFinishReason(raw, { hasCalls: this.callCount > 0, hasContent: this.hasContent });
    if (reason.unified === 'error') return [{ type: 'error', error: { message: gaveUp(raw, candidate), code: raw } }];
    this.finished = true;
    return [...this.close(), { type: 'finish', reason, ...this.inChoice() }];
  }

  private part(item: Json, answerId: string): StreamEvent[] {
    const { kind, value, extra, whole } = splitPart(item);
    switch (kind) {
      case 'text':
        return this.text(asString(value) ?? '', extra);
      case 'functionCall':
        return this.call(camelMembers(asObject(value) ?? {}), extra, answerId);
      case 'inlineData': {
        const image = this.image(camelMembers(asObject(value) ?? {}), extra);
        return image === undefined ? [{ type: 'other', dialect: DIALECT, value: whole }] : [image];
      }
      default:
        // Code that Gemini has run itself, kinds to come: nothing for a caller to answer.
        return Object.keys(whole).length === 0 ? [] : [{ type: 'other', dialect: DIALECT, value: whole }];
    }
  }

  private image({ mimeType, data }: JsonObject, extra: JsonObject): StreamEvent | undefined {
    const mediaType = asString(mimeType) ?? '';
    if (!mediaType.startsWith('image/') || typeof data !== 'string' || extra['thought'] === true) return undefined;
    const opaque = opaqueOf(asString(extra['thoughtSignature']) ?? '');
    return { type: 'image', source: { type: 'base64', mediaType, data }, ...this.inChoice(), ...(opaque && { opaque }) };
  }

  private text(text: string, extra: JsonObject): StreamEvent[] {
    const signature = asString(extra['thoughtSignature']) ?? '';
    const events: StreamEvent[] = [];
    const thought = extra['thought'] === true;
    if (text !== '') events.push({ type: thought ? 'reasoning-delta' : 'text-delta', text, ...this.inChoice() });
    if (signature === '') return events;
    // Behind another Headgate a signature may carry another vendor's state.
    const foreign = unpackState(signature);
    const data = foreign === undefined ? !thought && tagTextSignature(signature) : foreign.redacted;
    const signed = foreign === undefined ? thought && tagSignature(signature) : foreign.signature;
    if (data) events.push({ type: 'redacted-reasoning', data });
    if (signed) events.push({ type: 'reasoning-signature', signature: signed });
    return events;
  }

  private call(call: JsonObject, extra: JsonObject, answerId: string): StreamEvent[] {
    const name = asString(call['name']) ?? '';
    if (name === '') {
      if (this.open !== undefined) return this.more(call);
      return Object.keys(call).length === 0 ? [] : [{ type: 'other', dialect: DIALECT, value: { functionCall: call, ...extra } }];
    }
    const events = this.close();
    if (this.callCount >= MAX_CALLS)
      return [{ type: 'error', error: { message: `more than ${MAX_CALLS} tool calls in one answer`, code: 'malformed' } }];
    const index = this.callCount++;
    const opaque = opaqueOf(asString(extra['thoughtSignature']) ?? '');
    const id = asString(call['id']) || this.mintId(index, answerId);
    const args = asObject(call['args']) ?? {};
    events.push({ type: 'tool-call-start', index, id, name, ...this.inChoice(), ...(opaque && { opaque }) });
    if (call['willContinue'] === true || call['partialArgs'] !== undefined) {
      this.open = { index, args: new PartialArguments(args) };
      events.push(...this.more(call));
    } else events.push({ type: 'tool-call-delta', index, argumentsJson: JSON.stringify(args), ...this.inChoice() });
    return events;
  }

  /** Pieces of the open call's arguments; it is whole with the first one that does not say `willContinue`. */
  private more(call: JsonObject): StreamEvent[] {
    if (this.open?.args.push(call) === false) return [{ type: 'error', error: { message: 'a tool call without end', code: 'malformed' } }];
    return call['willContinue'] === true ? [] : this.close();
  }

  private close(): StreamEvent[] {
    if (this.open === undefined) return [];
    const { index, args } = this.open;
    this.open = undefined;
    return [{ type: 'tool-call-delta', index, argumentsJson: args.json(), ...this.inChoice() }];
  }

  private mintId(index: number, answerId: string): string {
    const choice = this.choice > 0 ? `${this.choice}_` : '';
    return `call_${answerId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40)}_${choice}${index}`;
  }

  private inChoice(): { readonly choice?: number } {
    return this.choice > 0 ? { choice: this.choice } : {};
  }
}

function opaqueOf(signature: string): Opaque | undefined {
  return signature === '' ? undefined : (unpackState(signature)?.opaque ?? signedCall(signature));
}

function gaveUp(raw: string, candidate: JsonObject): string {
  const why = asString(candidate['finishMessage']);
  return `the provider gave up: finishReason ${raw}${why === undefined || why === '' ? '' : ` (${why})`}`;
}
