import { isUtf8 } from 'node:buffer';
import type { WireDialect } from '../dialects/dialect.ts';
import type { Operation } from '../operations/operation.ts';
import { findOperation } from '../operations/registry.ts';
import type { Place } from '../support/tagged-id.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { ChatFacts } from '../wire/chat-facts.ts';
import type { JsonObject } from '../wire/json.ts';
import { type BodyScan, type ScannedBody, scanTopLevel } from '../wire/json-scan.ts';
import type { MultipartForm } from '../wire/multipart-form.ts';
import { asObject } from '../wire/read-json.ts';
import { findJsonError } from './find-json-error.ts';
import type { CallRoute } from './route.ts';

/** A call as the caller sent it: the bytes to pass on, and what was read from them. */
export interface ReceivedCall {
  readonly operation: CallFacts['operation'];
  /** The caller's dialect. */
  readonly dialect: WireDialect;
  /** Set for operations beside chat, in the shape in which the caller asks. */
  readonly side?: Operation;
  readonly bytes: Buffer;
  /** The parsed bytes, and in it what the path says of model and streaming. */
  readonly body: JsonObject;
  readonly scan: ScannedBody;
  readonly facts: ChatFacts;
  /** The one place that has the files which the call refers to. */
  readonly filesAt?: Place;
  /** How the caller wants a stream framed; absent = server-sent events. */
  readonly framing?: 'json-array';
  /** Set when the bytes are a form instead of JSON; `body` then holds its texts. */
  readonly form?: MultipartForm;
}

/** What the path of a call says; it goes before the body. */
export type PathOfCall = Pick<CallRoute, 'model' | 'stream' | 'framing' | 'spelling'>;

export type ParsedCall = { readonly type: 'ok'; readonly call: ReceivedCall } | { readonly type: 'refused'; readonly error: CallerError };

/** Model names are spoken in logs, metrics and errors; no vendor has one nearly as long. */
const MAX_MODEL_LENGTH = 256;

/** Reads the body of a call. Depth and duplicate keys are judged on the bytes, before anything walks the value. */
export function parseCall(operation: CallFacts['operation'], dialect: WireDialect, received: Buffer, told: PathOfCall = {}): ParsedCall {
  const bytes = withoutByteOrderMark(received);
  if (bytes.length === 0) return invalidJson('The request body is empty; a JSON object is expected.');
  if (!isUtf8(bytes)) return invalidJson('The request body is not valid UTF-8.');
  const scan = scanTopLevel(bytes);
  if (scan.type === 'refused') return refuseScan(scan);
  const text = bytes.toString('utf8');
  const value = parseText(text);
  if (value === undefined) return invalidJson(`The request body is not valid JSON: error at position ${findJsonError(text)}.`);
  if (scan.type === 'malformed' || !isObject(value)) return invalidJson('The request body must be a JSON object.');
  const side = findOperation(operation, told.spelling);
  const body = completed(value, { ...(side?.defaultModel === undefined || 'model' in value ? {} : { model: side.defaultModel }), ...told });
  const problem = findFieldProblem(body);
  if (problem !== undefined) return { type: 'refused', error: problem };
  const facts = side === undefined ? dialect.readFacts(operation === 'count-tokens' ? countedCall(body) : body) : side.readFacts(body);
  const call = { operation, dialect, bytes, body, scan, facts, ...(side === undefined ? {} : { side }) };
  return { type: 'ok', call: told.framing === undefined ? call : { ...call, framing: told.framing } };
}

function completed(body: JsonObject, { model, stream }: PathOfCall): JsonObject {
  if (model === undefined && stream === undefined) return body;
  return { ...body, ...(model === undefined ? {} : { model }), ...(stream === undefined ? {} : { stream }) };
}

/** What a request to count tokens is about: Gemini's callers may send a whole call inside it. */
function countedCall(body: JsonObject): JsonObject {
  const inner = asObject(body['generateContentRequest'] ?? body['generate_content_request']);
  return inner === undefined ? body : { ...inner, model: body['model'], stream: false };
}

/** What is wrong with the members that decide about routing. */
export function findFieldProblem(body: JsonObject): CallerError | undefined {
  const model = body['model'];
  if (model === undefined || model === null || model === '') {
    return callerError('invalid_request', 'The field "model" is missing: say which model you want. GET /v1/models lists them.', {
      param: 'model',
    });
  }
  if (typeof model !== 'string') return callerError('invalid_request', 'The field "model" must be a string.', { param: 'model' });
  if (model.length > MAX_MODEL_LENGTH) {
    return callerError('invalid_request', `The field "model" is longer than ${MAX_MODEL_LENGTH} characters.`, { param: 'model' });
  }
  const stream = body['stream'];
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return callerError('invalid_request', 'The field "stream" must be true or false.', { param: 'stream' });
  }
  return undefined;
}

function refuseScan(scan: Extract<BodyScan, { type: 'refused' }>): ParsedCall {
  switch (scan.reason) {
    case 'too-deep':
      return invalidJson(`The request body is nested more than ${scan.maxDepth} levels deep.`);
    case 'duplicate-key':
      return { type: 'refused', error: callerError('invalid_request', `The field "${scan.key}" occurs twice.`, { param: scan.key }) };
    case 'misspelt-key':
      return {
        type: 'refused',
        error: callerError('invalid_request', `The field "${scan.key}" must be written in lower case.`, { param: scan.key.toLowerCase() }),
      };
  }
}

function invalidJson(message: string): ParsedCall {
  return { type: 'refused', error: callerError('invalid_json', message) };
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
