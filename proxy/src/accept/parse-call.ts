import { isUtf8 } from 'node:buffer';
import type { Dialect } from '../dialects/dialect.ts';
import type { CallFacts } from '../wire/call-facts.ts';
import { type CallerError, callerError } from '../wire/caller-error.ts';
import type { ChatFacts } from '../wire/chat-facts.ts';
import type { JsonObject } from '../wire/json.ts';
import { type BodyScan, type ScannedBody, scanTopLevel } from '../wire/json-scan.ts';
import { findJsonError } from './find-json-error.ts';

/** A call as the caller sent it: the bytes to pass on, and what was read from them. */
export interface ReceivedCall {
  readonly operation: CallFacts['operation'];
  /** The caller's dialect. */
  readonly dialect: Dialect;
  readonly bytes: Buffer;
  readonly body: JsonObject;
  readonly scan: ScannedBody;
  readonly facts: ChatFacts;
}

export type ParsedCall = { readonly type: 'ok'; readonly call: ReceivedCall } | { readonly type: 'refused'; readonly error: CallerError };

/** Model names are spoken in logs, metrics and errors; no vendor has one nearly as long. */
const MAX_MODEL_LENGTH = 256;

/** Reads the body of a call. Depth and duplicate keys are judged on the bytes, before anything walks the value. */
export function parseCall(operation: CallFacts['operation'], dialect: Dialect, received: Buffer): ParsedCall {
  const bytes = withoutByteOrderMark(received);
  if (bytes.length === 0) return invalidJson('The request body is empty; a JSON object is expected.');
  if (!isUtf8(bytes)) return invalidJson('The request body is not valid UTF-8.');
  const scan = scanTopLevel(bytes);
  if (scan.type === 'refused') return refuseScan(scan);
  const text = bytes.toString('utf8');
  const value = parseText(text);
  if (value === undefined) return invalidJson(`The request body is not valid JSON: error at position ${findJsonError(text)}.`);
  if (scan.type === 'malformed' || !isObject(value)) return invalidJson('The request body must be a JSON object.');
  const problem = findFieldProblem(value);
  if (problem !== undefined) return { type: 'refused', error: problem };
  return { type: 'ok', call: { operation, dialect, bytes, body: value, scan, facts: dialect.readFacts(value) } };
}

function findFieldProblem(body: JsonObject): CallerError | undefined {
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
