import { behaviourFromObject } from './behaviour.ts';
import type { BehaviourBook, ScriptedBehaviour } from './behaviour-book.ts';
import { isJsonObject, type JsonObject, type JsonValue, listOf, numberOf, parseJsonObject, stringOf } from './json.ts';
import type { RequestLog } from './request-log.ts';

export interface ControlAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/**
 * The simulator's own endpoints, for tests:
 * `POST /_simulator/script {"scripts": [{"model": "sim-small", "times": 3, "behaviour": {"status": 503}}], "keys": ["sk-1"]}`
 * replaces what was scripted (an empty object heals everything); `GET /_simulator/requests` tells what was asked.
 */
export function answerControl(method: string, path: string, text: string, state: ControlState): ControlAnswer {
  if (method === 'GET' && path === '/_simulator/requests')
    return { status: 200, body: { total: state.log.total, latest: state.log.latest.map((request) => ({ ...request })) } };
  if (method !== 'POST' || path !== '/_simulator/script') return failure(404, `no ${method} ${path} here`);
  const body = parseJsonObject(text);
  if (body === undefined) return failure(400, 'the script must be a JSON object');
  const scripts: ScriptedBehaviour[] = [];
  for (const item of listOf(body['scripts'])) {
    const script = readScript(item);
    if (typeof script === 'string') return failure(400, script);
    scripts.push(script);
  }
  state.book.replaceScripts(
    scripts,
    listOf(body['keys']).filter((key) => typeof key === 'string'),
  );
  return { status: 200, body: { scripts: scripts.length } };
}

export interface ControlState {
  readonly book: BehaviourBook;
  readonly log: RequestLog;
}

function readScript(item: JsonValue): ScriptedBehaviour | string {
  if (!isJsonObject(item) || !isJsonObject(item['behaviour'])) return 'each script must be an object with an object `behaviour`';
  const parsed = behaviourFromObject(item['behaviour']);
  if (parsed.type === 'invalid') return parsed.message;
  const model = stringOf(item['model']);
  const times = numberOf(item['times']);
  return { behaviour: parsed.behaviour, ...(model === undefined ? {} : { model }), ...(times === undefined ? {} : { times }) };
}

function failure(status: number, message: string): ControlAnswer {
  return { status, body: { error: { message } } };
}
