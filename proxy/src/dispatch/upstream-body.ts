import type { ProviderModel, VendorQuirks } from '@headgate/crds';
import type { ReceivedCall } from '../accept/parse-call.ts';
import { customToolNames } from '../dialects/custom-tools.ts';
import type { WireUpstream } from '../dialects/dialect.ts';
import { spellLosses } from '../dialects/spell-losses.ts';
import type { ChatCall, Decoded, Loss } from '../wire/chat-call.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { asObject } from '../wire/read-json.ts';
import { spliceBody } from '../wire/splice-body.ts';

export type UpstreamBody =
  | { readonly type: 'ok'; readonly bytes: Buffer; readonly losses: readonly Loss[]; readonly customTools?: ReadonlySet<string> }
  /** The caller's body is not a call of its own dialect: its mistake, whatever the target. */
  | { readonly type: 'invalid'; readonly message: string; readonly param?: string };

const NO_LOSSES: readonly Loss[] = [];

/**
 * Builds the body of a call for each target it may be sent to. Between equal dialects it is the caller's bytes with the
 * model name spliced in; otherwise the call is decoded once and encoded per target.
 */
export class UpstreamBodyBuilder {
  readonly #call: ReceivedCall;
  #decoded: Decoded<ChatCall> | undefined;

  constructor(call: ReceivedCall) {
    this.#call = call;
  }

  build(provider: WireUpstream, model: ProviderModel, quirks: VendorQuirks): UpstreamBody {
    if (provider.id === this.#call.dialect.id || this.#call.operation === 'count-tokens')
      return this.#passThrough(provider, model.name, quirks);
    this.#decoded ??= this.#call.dialect.decodeCall(this.#call.body);
    if (this.#decoded.type === 'invalid') return this.#decoded;
    const context = {
      model: model.name,
      quirks,
      capabilities: model.capabilities,
      ...(model.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens }),
    };
    const encoded = provider.encodeCall(this.#decoded.value, context);
    const body = quirks.addedFields === undefined ? encoded.body : { ...encoded.body, ...added(quirks) };
    const losses = spellLosses(encoded.losses, this.#call.dialect.id);
    const customTools = customToolNames(this.#decoded.value.tools);
    return { type: 'ok', bytes: Buffer.from(JSON.stringify(body)), losses, ...(customTools === undefined ? {} : { customTools }) };
  }

  #passThrough(provider: WireUpstream, model: string, quirks: VendorQuirks): UpstreamBody {
    const { bytes, scan, body, facts, operation } = this.#call;
    const askUsage =
      operation !== 'count-tokens' && facts.stream && provider.usageOnRequest && quirks.noStreamOptions !== true && !asksForUsage(body);
    const adapted = adapt(body, quirks);
    if (provider.callOutsideBody === true) return outsideBody(bytes, adapted);
    if (adapted !== undefined) {
      const options = askUsage ? { stream_options: { ...asObject(body['stream_options']), include_usage: true } } : {};
      return { type: 'ok', bytes: Buffer.from(JSON.stringify({ ...adapted.body, model, ...options })), losses: adapted.losses };
    }
    const spliced = spliceBody(bytes, scan, { model, includeUsage: askUsage });
    return { type: 'ok', bytes: Buffer.concat(spliced.pieces, spliced.byteLength), losses: NO_LOSSES };
  }
}

/** The path names the model: the caller's bytes stay as they are, or lose what was read from the path into them. */
function outsideBody(bytes: Buffer, adapted: ReturnType<typeof adapt>): UpstreamBody {
  if (adapted === undefined) return { type: 'ok', bytes, losses: NO_LOSSES };
  const { model: _model, stream: _stream, ...body } = adapted.body;
  return { type: 'ok', bytes: Buffer.from(JSON.stringify(body)), losses: adapted.losses };
}

/** The caller of an OpenAI stream wants the usage chunk. */
export function asksForUsage(body: JsonObject): boolean {
  return asObject(body['stream_options'])?.['include_usage'] === true;
}

/** The body without what the vendor refuses, or undefined when nothing has to change. */
function adapt(body: JsonObject, quirks: VendorQuirks): { readonly body: JsonObject; readonly losses: readonly Loss[] } | undefined {
  // Almost always: a vendor without deviations costs this comparison.
  if (!deviates(quirks)) return undefined;
  const unwanted = [...(quirks.unsupportedFields ?? []), ...(quirks.noStreamOptions === true ? ['stream_options'] : [])].filter(
    (field) => field in body,
  );
  const limitField = quirks.maxTokensField;
  const otherLimit = limitField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  const rename = limitField !== undefined && otherLimit in body && !(limitField in body);
  if (unwanted.length === 0 && !rename && quirks.addedFields === undefined) return undefined;
  const changed: Record<string, Json | undefined> = { ...body, ...added(quirks) };
  for (const field of unwanted) delete changed[field];
  if (rename) {
    changed[limitField] = body[otherLimit];
    delete changed[otherLimit];
  }
  return { body: changed, losses: unwanted.map((field) => ({ field, reason: 'the vendor does not accept it' })) };
}

function added({ addedFields = [] }: VendorQuirks): JsonObject {
  return Object.fromEntries(addedFields.map(({ name, value }) => [name, value]));
}

function deviates(quirks: VendorQuirks): boolean {
  return (
    quirks.unsupportedFields !== undefined ||
    quirks.noStreamOptions === true ||
    quirks.maxTokensField !== undefined ||
    quirks.addedFields !== undefined
  );
}
