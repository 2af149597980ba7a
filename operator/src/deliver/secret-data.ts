import type { KubeObject } from '../support/kube-object.ts';

/** The string members of `data`, as they are; empty when there are none. */
export function plainData(object: KubeObject): Readonly<Record<string, string>> {
  if (!('data' in object) || typeof object.data !== 'object' || object.data === null) return {};
  return Object.fromEntries(Object.entries(object.data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The text values of a Secret, base64 taken off. */
export function decodeSecretData(secret: KubeObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(plainData(secret)).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
}

/** `data` of a Secret for text values. */
export function encodeSecretData(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]));
}
