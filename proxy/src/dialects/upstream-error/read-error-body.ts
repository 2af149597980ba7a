import type { Json, JsonObject } from '../../wire/json.ts';
import { asArray, asNumber, asObject, asString, parseJson } from '../../wire/read-json.ts';

/** What any vendor's error body says, before it is judged. */
export interface ErrorBody {
  readonly message: string;
  /** What a provider behind the one that answers said, where that is more than `message`. */
  readonly raw?: string;
  readonly type?: string;
  readonly code?: string;
  readonly param?: string;
  /** Status that the body names, where the transport's is not the provider's (error inside 200, relayed errors). */
  readonly status?: number;
  /** Google's quota ids (`...PerDay...`), space-separated. */
  readonly quotaIds?: string;
  /** The whole, for retry hints. */
  readonly json?: Json;
}

/** Enough for any provider's explanation; a page of HTML is not one. */
const MAX_MESSAGE_LENGTH = 4000;

/**
 * Reads the twelve recorded shapes of error bodies (reference/providers.md 1D.5), HTML and nothing at all.
 * @param text the body as text; callers bound its length.
 */
export function readErrorBody(text: string, header: (name: string) => string | undefined): ErrorBody {
  const json = parseJson(text);
  const body = asObject(json) ?? asObject(asArray(json)?.[0]);
  if (body === undefined) return { message: prose(asString(json) ?? text), ...named(awsType(header)) };
  const read = fromObject(body);
  const type = read.type ?? awsType(header);
  return {
    ...read,
    message: clip(read.message),
    ...(read.raw !== undefined && { raw: clip(read.raw) }),
    ...(type !== undefined && { type }),
    ...(json !== undefined && { json }),
  };
}

/** The error of an object that may be one: `{error: {...}}`, `{error: "text"}`, a list of either, or flat. */
export function fromObject(body: JsonObject): ErrorBody {
  const error = body['error'];
  const told = asString(body['message']) ?? asString(body['detail']);
  const listed = asArray(error)?.[0] ?? (told === undefined ? asArray(body['errors'])?.[0] : undefined);
  const nested = asObject(error) ?? asObject(listed);
  if (nested !== undefined) return fromNested(asObject(nested['error']) ?? nested, body);
  if (typeof listed === 'string') return { ...fromFlat(body), message: listed };
  const flat = fromFlat(body);
  return typeof error === 'string' && error !== ''
    ? { ...flat, message: error, ...named(asString(body['error_type']) ?? flat.type) }
    : flat;
}

/** Shapes 1, 2, 3, 9 and 11. */
function fromNested(error: JsonObject, body: JsonObject): ErrorBody {
  const metadata = asObject(error['metadata']);
  const raw = rawOf(metadata?.['raw']);
  const message = asString(error['message']) ?? asString(error['detail']) ?? asString(body['message']) ?? raw ?? JSON.stringify(error);
  const type = asString(error['type']) ?? asString(error['status']) ?? asString(metadata?.['error_type']);
  // Google's number is that of the answer; its word says more.
  const word = typeof error['code'] === 'number' ? asString(error['status']) : undefined;
  const code = word ?? codeOf(error) ?? asString(asObject(error['details'])?.['error_code']) ?? asString(error['status']);
  const quotaIds = googleQuotaIds(error);
  return {
    message,
    // OpenRouter says only "Provider returned error" itself.
    ...(raw !== undefined && raw !== message && { raw }),
    ...named(type),
    ...(code !== undefined && { code }),
    ...paramOf(error),
    ...statusOf(error['status_code'], error['code'], error['status']),
    ...(quotaIds !== '' && { quotaIds }),
  };
}

function rawOf(raw: Json | undefined): string | undefined {
  return asObject(raw) === undefined ? asString(raw) : JSON.stringify(raw);
}

/** Shapes 4, 5, 7, 8 and 10, Z.ai's and MiniMax's. */
function fromFlat(body: JsonObject): ErrorBody {
  const minimax = asObject(body['base_resp']);
  const message =
    asString(body['message']) ??
    asString(body['Message']) ??
    asString(body['msg']) ??
    asString(body['error_message']) ??
    detailText(body['detail'] ?? asObject(body['message'])?.['detail']) ??
    asString(minimax?.['status_msg']) ??
    JSON.stringify(body);
  const code = codeOf(body) ?? codeOf({ code: minimax?.['status_code'] });
  return {
    message,
    ...named(asString(body['type']) ?? asString(body['error_type']) ?? asString(body['__type'])),
    ...(code !== undefined && { code }),
    ...paramOf(body),
    ...statusOf(body['raw_status_code'], body['status'], body['code']),
  };
}

function codeOf(error: JsonObject): string | undefined {
  const code = error['code'];
  return typeof code === 'number' ? String(code) : asString(code);
}

function paramOf(error: JsonObject): { readonly param?: string } {
  const param = asString(error['param']);
  return param === undefined || param === '' ? {} : { param };
}

/** The first of these that is a status of failure. */
function statusOf(...values: readonly (Json | undefined)[]): { readonly status?: number } {
  for (const value of values) {
    const number = asNumber(value) ?? (typeof value === 'string' && /^[45]\d\d$/.test(value) ? Number(value) : undefined);
    if (number !== undefined && Number.isInteger(number) && number >= 400 && number < 600) return { status: number };
  }
  return {};
}

function named(type: string | undefined): { readonly type?: string } {
  return type === undefined || type === '' ? {} : { type };
}

/** FastAPI: a text, or one object per invalid field; DeepInfra: an object with an `error`. */
function detailText(detail: Json | undefined): string | undefined {
  if (typeof detail === 'string') return detail;
  const items = asArray(detail);
  if (items === undefined) return asString(asObject(detail)?.['message']) ?? asString(asObject(detail)?.['error']);
  return items.map((item) => fieldProblem(item)).join('; ');
}

function fieldProblem(item: Json): string {
  const problem = asObject(item);
  const where = (asArray(problem?.['loc']) ?? []).join('.');
  const what = asString(problem?.['msg']) ?? JSON.stringify(item);
  return where === '' ? what : `${where}: ${what}`;
}

function googleQuotaIds(error: JsonObject): string {
  const details = asArray(error['details']) ?? [];
  const violations = details.flatMap((detail) => asArray(asObject(detail)?.['violations']) ?? []);
  const reasons = details.flatMap((detail) => asString(asObject(detail)?.['reason']) ?? []);
  return [...violations.flatMap((violation) => asString(asObject(violation)?.['quotaId']) ?? []), ...reasons].join(' ');
}

/** `ThrottlingException:http://internal.amazon.com/...` */
function awsType(header: (name: string) => string | undefined): string | undefined {
  return header('x-amzn-errortype')?.split(':')[0];
}

/** A title out of HTML, plain text as it is, nothing out of nothing. */
function prose(text: string): string {
  const trimmed = text.trim();
  if (!/^<(?:!doctype|html|head|\?xml)/i.test(trimmed)) return clip(trimmed);
  const title = /<title[^>]*>([^<]{1,200})/i.exec(trimmed.slice(0, 16_384))?.[1]?.trim();
  return title === undefined || title === '' ? 'an HTML page' : `an HTML page: ${title}`;
}

function clip(text: string): string {
  return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}...` : text;
}
