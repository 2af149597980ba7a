import type { World } from '../collect/world.ts';
import { type Fields, fieldsOf, isFields, textOf } from './fields.ts';
import { quoted, type UnresolvedReason } from './findings.ts';
import { isObjectName } from './object-identity.ts';

const MAX_KEY_LENGTH = 8192;

/** Annotation on a Secret: comma-separated hosts that its keys may be sent to; absent = any. */
export const ALLOWED_HOSTS_ANNOTATION = 'headgate.dev/allowed-hosts';

export type SecretValue =
  | { readonly type: 'value'; readonly value: string; readonly allowedHosts: readonly string[] | undefined }
  | { readonly type: 'unresolved'; readonly reason: UnresolvedReason; readonly message: string };

/**
 * Reads one key of a Secret of `namespace`, as text that may hold several lines. Whatever namespace the reference itself
 * may name is not looked at: there are no cross-namespace Secret references. Messages name the Secret, never its content.
 */
export function resolveSecretText(world: World, namespace: string, reference: unknown, defaultKey?: string): SecretValue {
  const { name, key: givenKey } = fieldsOf(reference);
  const key = textOf(givenKey) ?? defaultKey;
  if (!isObjectName(name) || key === undefined) {
    return unresolved('SecretNotFound', 'a `secretRef` must name a Secret and a key in it');
  }
  const place = `Secret ${quoted(`${namespace}/${name}`)}`;
  const secret: unknown = world.secrets.get(`${namespace}/${name}`);
  if (!isFields(secret)) return unresolved('SecretNotFound', `${place} does not exist; create it with key ${quoted(key)}`);
  const data = fieldsOf(secret['data']);
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (typeof value !== 'string') return unresolved('SecretKeyMissing', `${place} has no key ${quoted(key)}`);
  if (value.trim() === '') return unresolved('SecretKeyMissing', `key ${quoted(key)} of ${place} is empty`);
  return { type: 'value', value, allowedHosts: allowedHosts(fieldsOf(secret['annotations'])) };
}

/**
 * Reads an API key: white space around it (the newline that `echo` leaves) is cut off; inside it, white space, control
 * characters and anything beyond printable ASCII are refused, because the key becomes part of a header.
 */
export function resolveApiKey(world: World, namespace: string, reference: unknown): SecretValue {
  const text = resolveSecretText(world, namespace, reference);
  if (text.type === 'unresolved') return text;
  const value = text.value.trim();
  if (value.length <= MAX_KEY_LENGTH && /^[\x21-\x7e]+$/.test(value)) return { ...text, value };
  const { name, key } = fieldsOf(reference);
  return unresolved(
    'SecretKeyMissing',
    `key ${quoted(key)} of Secret ${quoted(`${namespace}/${name}`)} is not an API key: it must be one line of printable ASCII of at most ${MAX_KEY_LENGTH} characters`,
  );
}

function allowedHosts(annotations: Fields): readonly string[] | undefined {
  const annotation = Object.hasOwn(annotations, ALLOWED_HOSTS_ANNOTATION) ? annotations[ALLOWED_HOSTS_ANNOTATION] : undefined;
  if (annotation === undefined) return undefined;
  if (typeof annotation !== 'string') return [];
  return annotation
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
}

function unresolved(reason: UnresolvedReason, message: string): SecretValue {
  return { type: 'unresolved', reason, message };
}
