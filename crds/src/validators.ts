import {
  type SchemaValidator,
  validateDownFrameBody,
  validateModelConsumer,
  validateModelProvider,
  validateResourceBody,
  validateRoutePolicy,
  validateRoutingTableBody,
  validateUpFrameBody,
} from '../gen/validators.gen.js';
import type { DownFrame, UpFrame } from './control-frames.ts';
import type { KindName, KindObjects } from './kind-name.ts';
import type { ResourceBody, RoutingTable } from './routing-table.ts';
import { schemaErrorText } from './schema-error-text.ts';
import type { Validation } from './validation.ts';

/** More errors than this help nobody, and the list travels in status and logs. */
const MOST_ERRORS = 16;

const KIND_VALIDATORS: Readonly<Record<KindName, SchemaValidator>> = {
  ModelProvider: validateModelProvider,
  RoutePolicy: validateRoutePolicy,
  ModelConsumer: validateModelConsumer,
};

/**
 * Checks an object against the schema of its kind as the API server does, unknown fields included, but without
 * defaults and without the CEL rules: see admitObject for both. `status` is not looked at.
 */
export function validateObject<K extends KindName>(kind: K, object: unknown): Validation<KindObjects[K]> {
  return judged<KindObjects[K]>(KIND_VALIDATORS[kind], object);
}

/** Checks the body of one resource of the table. Unknown members are allowed: a newer operator may send more. */
export function validateResource(body: unknown): Validation<ResourceBody> {
  return judged<ResourceBody>(validateResourceBody, body);
}

/** Checks a whole table, as read from the disk copy or the snapshot Secrets. */
export function validateRoutingTable(table: unknown): Validation<RoutingTable> {
  return judged<RoutingTable>(validateRoutingTableBody, table);
}

const DOWN_TYPES: readonly DownFrame['type'][] = ['update', 'heartbeat', 'fleet'];

/** `unknown`: well-formed but of a type this build does not know, to be ignored: a newer operator may send it. */
export type DownFrameValidation = Validation<DownFrame> | { readonly type: 'unknown'; readonly frameType: string };

/**
 * Checks one line of the update stream. The bodies of `upserts` are not looked at: each goes through validateResource on
 * its own, so that one invalid resource does not cost the others.
 */
export function validateDownFrame(frame: unknown): DownFrameValidation {
  const frameType = typeOf(frame);
  if (frameType !== undefined && !DOWN_TYPES.some((type) => type === frameType)) return { type: 'unknown', frameType };
  return judged<DownFrame>(validateDownFrameBody, frame);
}

/** Checks one report body. An unknown frame type is invalid: a proxy must not say what its operator does not know. */
export function validateUpFrame(frame: unknown): Validation<UpFrame> {
  return judged<UpFrame>(validateUpFrameBody, frame);
}

function typeOf(frame: unknown): string | undefined {
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return undefined;
  return typeof frame.type === 'string' ? frame.type : undefined;
}

function judged<T>(validator: SchemaValidator, value: unknown): Validation<T> {
  // The schema is the proof of the type: crds/src/contract-shapes.test.ts and the generator keep the two alike.
  if (validator(value)) return { type: 'valid', value: value as T };
  return { type: 'invalid', errors: (validator.errors ?? []).slice(0, MOST_ERRORS).map(schemaErrorText) };
}
