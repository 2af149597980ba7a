import type { WireDialect } from '../dialects/dialect.ts';
import { textFacts } from '../operations/side-facts.ts';
import { findFieldProblem, type ParsedCall } from './parse-call.ts';

const NO_BYTES = Buffer.alloc(0);
const NO_SCAN = { type: 'scanned', bodyStart: 0, empty: true } as const;
/** Browsers cannot set headers on a WebSocket: OpenAI's client sends the key as a subprotocol. */
const KEY_PROTOCOL = 'openai-insecure-api-key.';

/** A session asked for by `GET /v1/realtime?model=...`: everything that is known beforehand is in the query. */
export function readRealtimeCall(query: string, dialect: WireDialect): ParsedCall {
  const model = new URLSearchParams(query).get('model');
  const body = { ...(model !== null && { model }), stream: true };
  const problem = findFieldProblem(body);
  if (problem !== undefined) return { type: 'refused', error: problem };
  const facts = textFacts(body);
  return { type: 'ok', call: { operation: 'realtime', dialect, bytes: NO_BYTES, body, scan: NO_SCAN, facts } };
}

/** The caller's key among the subprotocols. */
export function keyInProtocols(protocols: string | undefined): string | undefined {
  return splitProtocols(protocols)
    .find((name) => name.startsWith(KEY_PROTOCOL))
    ?.slice(KEY_PROTOCOL.length);
}

/** The subprotocols without the caller's key. */
export function withoutKey(protocols: string | undefined): readonly string[] {
  return splitProtocols(protocols).filter((name) => !name.startsWith(KEY_PROTOCOL));
}

function splitProtocols(protocols: string | undefined): readonly string[] {
  return (protocols ?? '').split(',').flatMap((name) => name.trim() || []);
}
