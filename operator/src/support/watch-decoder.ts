import type { WatchEvent, WatchFrame } from './kube-api.ts';
import { isRecord, statusError } from './kube-failure.ts';
import { isKubeObject } from './kube-object.ts';
import { apiVersionOf, type ResourceType } from './kube-resource.ts';

/** An object of etcd is at most 1.5 MiB; a longer line is not an event. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 10;

/** Cuts the bytes of a watch into lines and reads each as an event. */
export class WatchDecoder {
  readonly #resource: ResourceType;
  #parts: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(resource: ResourceType) {
    this.#resource = resource;
  }

  /** Frames that `chunk` completes; an unfinished line is kept for the next call. */
  *push(chunk: Uint8Array): Generator<WatchFrame> {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...this.#parts, chunk.subarray(from, end)]);
      this.#clear();
      from = end + 1;
      if (line.length > 0) yield decodeLine(line, this.#resource);
    }
    if (from < chunk.length) {
      this.#parts.push(chunk.subarray(from));
      this.#heldBytes += chunk.length - from;
    }
    if (this.#heldBytes > MAX_LINE_BYTES) {
      this.#clear();
      yield { type: 'garbage', message: `a line is longer than ${MAX_LINE_BYTES} bytes` };
    }
  }

  /** The stream has ended: what is held is half an event. */
  *end(): Generator<WatchFrame> {
    if (this.#heldBytes > 0) yield { type: 'garbage', message: 'the stream ended inside an event' };
  }

  #clear(): void {
    this.#parts = [];
    this.#heldBytes = 0;
  }
}

function decodeLine(line: Buffer, resource: ResourceType): WatchFrame {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.toString('utf8'));
  } catch {
    return { type: 'garbage', message: 'a line is not JSON' };
  }
  const event = isRecord(parsed) ? decodeEvent(parsed['type'], parsed['object'], resource) : undefined;
  return event === undefined ? { type: 'garbage', message: 'a line is not a watch event' } : { type: 'event', event };
}

function decodeEvent(type: unknown, object: unknown, resource: ResourceType): WatchEvent | undefined {
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      if (!isKubeObject(object)) return undefined;
      return { type, object: { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind } };
    case 'BOOKMARK': {
      const metadata = isRecord(object) ? object['metadata'] : undefined;
      const resourceVersion = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
      return typeof resourceVersion === 'string' && resourceVersion !== '' ? { type, resourceVersion } : undefined;
    }
    case 'ERROR':
      return { type, error: statusError(object, 500) };
    default:
      return undefined;
  }
}
