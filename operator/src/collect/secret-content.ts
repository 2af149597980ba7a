import { isRecord } from '../support/kube-failure.ts';
import type { KubeObject } from '../support/kube-object.ts';
import type { SecretContent } from './world.ts';

/** kubectl keeps what it applied, Secret data included, in an annotation: only our own are taken over. */
const OWN_ANNOTATIONS = 'headgate.dev/';

/** Reads a Secret of the API server: values decoded from base64 as UTF-8. */
export function readSecretContent(secret: KubeObject & { readonly data?: unknown }): SecretContent {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(isRecord(secret.data) ? secret.data : {})) {
    if (typeof value === 'string') data[key] = Buffer.from(value, 'base64').toString('utf8');
  }
  const annotations = Object.entries(secret.metadata.annotations ?? {}).filter(([name]) => name.startsWith(OWN_ANNOTATIONS));
  return { data, annotations: Object.fromEntries(annotations) };
}

/** All that is kept of a Secret nobody refers to: enough to see that it exists and whether it changed. */
export function readSecretMetadata(secret: KubeObject): KubeObject {
  const { name, namespace, resourceVersion } = secret.metadata;
  return { metadata: { name, namespace, resourceVersion } };
}
