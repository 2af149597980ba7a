import type { WireDialect } from '../dialects/dialect.ts';
import type { Operation } from '../operations/operation.ts';
import { callerError } from '../wire/caller-error.ts';
import type { JsonObject } from '../wire/json.ts';
import { readMultipart } from '../wire/multipart-form.ts';
import { findFieldProblem, type ParsedCall, type PathOfCall } from './parse-call.ts';

/** A form has no members to splice. */
const NO_SCAN = { type: 'scanned', bodyStart: 0, empty: true } as const;

export interface FormSource {
  readonly bytes: Buffer;
  readonly boundary: string;
}

/** Reads a call that came as a form: its texts tell what a JSON body would, its files stay bytes. */
export function parseForm(operation: Operation, dialect: WireDialect, { bytes, boundary }: FormSource, told: PathOfCall): ParsedCall {
  const form = readMultipart(bytes, boundary);
  if (form.type === 'invalid') {
    const details = form.param === undefined ? {} : { param: form.param };
    return { type: 'refused', error: callerError('invalid_request', `The form cannot be read: ${form.message}.`, details) };
  }
  const texts = Object.fromEntries([...form.fields].map(([name, { text }]) => [name, text]));
  const model = told.model ?? texts['model'] ?? operation.defaultModel;
  const { stream: _text, ...rest } = texts;
  const body: JsonObject = { ...rest, ...(model !== undefined && { model }), stream: texts['stream'] === 'true' };
  const problem = findFieldProblem(body);
  if (problem !== undefined) return { type: 'refused', error: problem };
  const facts = operation.readFacts(body);
  return { type: 'ok', call: { operation: operation.id, side: operation, dialect, bytes, body, scan: NO_SCAN, facts, form } };
}
