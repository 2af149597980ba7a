import type { ModelConsumer, ModelProvider, RoutePolicy } from '@headgate/crds';
import { checkKind } from './check-kind.ts';
import type { FieldProblem } from './manifest-problem.ts';
import type { SecretContent } from './world.ts';

/** An object of the folder that Headgate uses, ready for the world. */
export type ManifestObject =
  | { readonly type: 'Provider'; readonly id: string; readonly object: ModelProvider }
  | { readonly type: 'Policy'; readonly id: string; readonly object: RoutePolicy }
  | { readonly type: 'Consumer'; readonly id: string; readonly object: ModelConsumer }
  | { readonly type: 'Secret'; readonly id: string; readonly name: string; readonly content: SecretContent }
  | { readonly type: 'Namespace'; readonly id: string; readonly name: string; readonly labels: Readonly<Record<string, string>> };

export type ManifestReading =
  | { readonly type: 'Object'; readonly object: ManifestObject }
  /** `id` is undefined when the document does not even say what it is. */
  | { readonly type: 'Invalid'; readonly id: string | undefined; readonly problems: readonly FieldProblem[] }
  /** A kind that means nothing here, e.g. a Deployment among the manifests. */
  | { readonly type: 'Foreign'; readonly kind: string };

const DEFAULT_NAMESPACE = 'default';
const DNS_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Reads one document as the API server would take it: identity, schema, rules, defaults. */
export function readManifestObject(document: unknown): ManifestReading {
  if (!isRecord(document)) return invalid(undefined, '', 'a document must be an object with apiVersion, kind and metadata');
  const { apiVersion, kind, metadata } = document;
  if (typeof kind !== 'string' || kind === '') return invalid(undefined, 'kind', 'is required, e.g. ModelProvider');
  if (typeof apiVersion !== 'string' || apiVersion === '')
    return invalid(undefined, 'apiVersion', 'is required, e.g. headgate.dev/v1alpha1');
  if (!isRecord(metadata)) return invalid(undefined, 'metadata', 'is required');
  const name = metadata['name'];
  if (typeof name !== 'string' || !DNS_NAME.test(name)) {
    return invalid(undefined, 'metadata.name', 'must be lower case letters, digits, "-" and ".", at most 253');
  }
  const namespace = metadata['namespace'] ?? DEFAULT_NAMESPACE;
  if (typeof namespace !== 'string' || !DNS_NAME.test(namespace))
    return invalid(undefined, 'metadata.namespace', 'is not a name of a namespace');
  if (apiVersion === 'v1' && kind === 'Secret') return readSecret(document, metadata, `Secret/${namespace}/${name}`);
  if (apiVersion === 'v1' && kind === 'Namespace') {
    return { type: 'Object', object: { type: 'Namespace', id: `Namespace/${name}`, name, labels: stringMap(metadata['labels']) } };
  }
  if (!apiVersion.startsWith('headgate.dev/')) return { type: 'Foreign', kind: `${apiVersion} ${kind}` };
  return readKind({ ...document, metadata: { ...metadata, name, namespace } }, kind, `${kind}/${namespace}/${name}`);
}

function readKind(document: Readonly<Record<string, unknown>>, kind: string, id: string): ManifestReading {
  const checked = checkKind(kind, document);
  switch (checked.type) {
    case 'Invalid':
      return { type: 'Invalid', id, problems: checked.problems };
    case 'ModelProvider':
      return { type: 'Object', object: { type: 'Provider', id, object: checked.object } };
    case 'RoutePolicy':
      return { type: 'Object', object: { type: 'Policy', id, object: checked.object } };
    case 'ModelConsumer':
      return { type: 'Object', object: { type: 'Consumer', id, object: checked.object } };
  }
}

function readSecret(document: Readonly<Record<string, unknown>>, metadata: Readonly<Record<string, unknown>>, id: string): ManifestReading {
  const data: Record<string, string> = {};
  for (const field of ['data', 'stringData']) {
    const values = document[field] ?? {};
    if (!isRecord(values)) return invalid(id, field, 'must be a map of strings');
    for (const [key, value] of Object.entries(values)) {
      // The value itself must not get into a message.
      if (typeof value !== 'string') return invalid(id, `${field}.${key}`, 'must be a string: put it in quotes');
      data[key] = field === 'data' ? Buffer.from(value, 'base64').toString('utf8') : value;
    }
  }
  const content = { data, annotations: stringMap(metadata['annotations']) };
  return { type: 'Object', object: { type: 'Secret', id, name: id.slice('Secret/'.length), content } };
}

function invalid(id: string | undefined, field: string, message: string): ManifestReading {
  return { type: 'Invalid', id, problems: [{ field, message }] };
}

function stringMap(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
