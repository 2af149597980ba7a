import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  admitObject,
  findModel,
  findVendor,
  isKindName,
  type ModelConsumer,
  type ModelProvider,
  type RoutePolicy,
  validateResource,
} from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { dump, loadAll } from 'js-yaml';
import { joinEndpoints, readEndpointSlice, readService } from '../collect/service-endpoints.ts';
import type { SecretContent, World } from '../collect/world.ts';
import type { Compilation, Verdict } from './compilation.ts';
import { compile } from './compile.ts';

/**
 * Golden tests: each file of fixtures/ holds manifests, then `# Output` with what is said about them and what becomes of
 * them. HEADGATE_UPDATE_GOLDEN=1 writes the outputs anew; the diff is then to be read, not trusted.
 */
const FOLDER = join(import.meta.dirname, 'fixtures');
const MARKER = '\n# Output\n';
/** First line of fixtures whose objects the API server would refuse: what if they were stored all the same? */
const UNCHECKED = '# Not admitted by the API server';
const SALT = '5a'.repeat(32);
const REFRESH = process.env['HEADGATE_UPDATE_GOLDEN'] === '1';

interface Document {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly stringData?: Record<string, string>;
  readonly spec?: unknown;
}

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))('%s', (name) => {
  const path = join(FOLDER, name);
  const text = readFileSync(path, 'utf8');
  const [input = ''] = text.split(MARKER);
  const documents = loadAll(input).filter(isDocument);
  const compilation = compile(worldOf(documents, input.startsWith(UNCHECKED)), {
    catalogue: { findVendor, findModel },
    hashKey: (key) => createHmac('sha256', Buffer.from(SALT, 'hex')).update(key).digest('hex'),
  });

  test('compiles to its output', () => {
    const output = print(compilation);
    if (REFRESH) writeFileSync(path, `${input.trimEnd()}\n${MARKER}${output}`);
    expect(REFRESH ? output : text.slice(text.indexOf(MARKER) + MARKER.length)).toBe(output);
  });

  test('every resource is one that proxies accept', () => {
    for (const body of compilation.resources.values())
      expect(validateResource(JSON.parse(JSON.stringify(body)))).toMatchObject({ type: 'valid' });
  });

  test('no message holds the content of a Secret', () => {
    const messages = JSON.stringify([...compilation.diagnostics]);
    for (const value of documents.flatMap((document) => Object.values(document.stringData ?? {}))) {
      if (value.trim().length > 3) expect(messages).not.toContain(value.trim());
    }
  });
});

function worldOf(documents: readonly Document[], unchecked: boolean): World {
  const of = (kind: string): readonly Document[] => documents.filter((document) => document.kind === kind);
  const slices = of('EndpointSlice').map(readEndpointSlice);
  const settings = of('WorldSettings').map(({ spec }) => spec as Partial<World>)[0] ?? {};
  return {
    providers: of('ModelProvider').map((document) => admitted(document, unchecked)) as readonly ModelProvider[],
    policies: of('RoutePolicy').map((document) => admitted(document, unchecked)) as readonly RoutePolicy[],
    consumers: of('ModelConsumer').map((document) => admitted(document, unchecked)) as readonly ModelConsumer[],
    secrets: new Map(
      of('Secret').map((document): [string, SecretContent] => [
        idOf(document),
        { data: document.stringData ?? {}, annotations: document.metadata.annotations ?? {} },
      ]),
    ),
    services: new Map(
      of('Service').map((document) => [
        idOf(document),
        joinEndpoints(
          readService(document),
          slices.filter((slice) => slice.service === document.metadata.name),
        ),
      ]),
    ),
    namespaces: new Map(of('Namespace').map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
    keySalt: SALT,
    allowedPrivateHosts: [],
    ...settings,
  };
}

function admitted(document: Document, unchecked: boolean): unknown {
  const metadata = { uid: `uid-${document.metadata.name}`, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z', ...document.metadata };
  const object = { ...document, metadata };
  if (unchecked || !isKindName(document.kind)) return object;
  const admission = admitObject(document.kind, object);
  expect(admission).toMatchObject({ type: 'valid' });
  return admission.type === 'valid' ? admission.value : object;
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;
}

function idOf({ metadata }: Document): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function print({ resources, diagnostics }: Compilation): string {
  const conditions = Object.fromEntries(
    [...diagnostics].map(([key, { accepted, resolvedRefs, conflicted }]) => [
      key,
      {
        Accepted: verdictText(accepted),
        ResolvedRefs: verdictText(resolvedRefs),
        ...(conflicted === undefined ? {} : { Conflicted: verdictText(conflicted) }),
      },
    ]),
  );
  const bodies = Object.fromEntries([...resources].filter(([key]) => key !== 'settings'));
  return dump({ conditions, resources: bodies }, { lineWidth: 140, flowLevel: 4, sortKeys: true, noRefs: true });
}

function verdictText({ status, reason, message }: Verdict): string {
  return `${status} ${reason}: ${message}`;
}
