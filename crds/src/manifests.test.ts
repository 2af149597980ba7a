import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: unknown;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly { readonly message: string }[];
}

interface Manifest {
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly kind: string; readonly shortNames: readonly string[]; readonly categories: readonly string[] };
    readonly versions: readonly {
      readonly name: string;
      readonly subresources: object;
      readonly additionalPrinterColumns: readonly { readonly name: string; readonly jsonPath: string }[];
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

const folder = new URL('../manifests/', import.meta.url);
const manifests = readdirSync(folder).map((file) => load(readFileSync(new URL(file, folder), 'utf8')) as Manifest);

/** Every named field below a schema. */
function fieldsOf(schema: Schema, path: string): readonly Field[] {
  if (schema.items !== undefined) return fieldsOf(schema.items, `${path}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [
    { path: `${path}.${key}`, schema: child, isRequired: schema.required?.includes(key) === true },
    ...fieldsOf(child, `${path}.${key}`),
  ]);
}

const all = manifests.map((manifest) => {
  const version = manifest.spec.versions[0];
  if (version === undefined) throw new Error('a manifest has no version');
  const fields = fieldsOf(version.schema.openAPIV3Schema, manifest.spec.names.kind).filter(({ path }) => !path.endsWith('.metadata'));
  return { kind: manifest.spec.names.kind, manifest, version, fields };
});

describe.each(all)('$kind', ({ manifest, version, fields }) => {
  test('is namespaced, has a short name, its own category and a status subresource', () => {
    expect(manifest.spec.scope).toBe('Namespaced');
    expect(manifest.spec.names.categories).toEqual(['headgate']);
    expect(manifest.spec.names.shortNames).toHaveLength(1);
    expect(version).toMatchObject({ name: 'v1alpha1', subresources: { status: {} } });
  });

  test('every field has a description that ends in an example', () => {
    expect(fields.filter(({ schema }) => !/[^ ].* Example: .+\.$/.test(schema.description ?? '')).map(({ path }) => path)).toEqual([]);
  });

  test('every optional field of the spec says what holds without it, and says the default of the schema', () => {
    const optional = fields.filter(({ path, isRequired }) => path.includes('.spec.') && !isRequired && !path.endsWith('tools'));
    expect(optional.filter(({ schema }) => !schema.description?.includes('Default: ')).map(({ path }) => path)).toEqual([]);
    for (const { path, schema } of fields) {
      if (schema.default === undefined || typeof schema.default === 'object') continue;
      expect([path, schema.description]).toEqual([path, expect.stringContaining(`Default: ${schema.default}.`)]);
    }
  });

  test('every number, share of time or money says its unit', () => {
    const measured = fields.filter(({ path }) =>
      /(Ms|Percent|Tokens|PerMTok|Usd|window|openFor|maxOpenFor|connect|idle|total|firstToken|perRequest)$/i.test(path),
    );
    const nameless = measured.filter(({ schema }) => schema.type !== 'object' && !/Unit: |"today"/.test(schema.description ?? ''));
    expect(nameless.map(({ path }) => path)).toEqual([]);
  });

  test('strings, lists, maps and numbers are bounded', () => {
    for (const { path, schema } of fields) {
      const leaf = schema.items ?? schema;
      if (leaf.type === 'string') expect([path, leaf.maxLength]).toEqual([path, expect.any(Number)]);
      if (schema.type === 'array') {
        expect([path, schema.maxItems, schema['x-kubernetes-list-type']]).toEqual([path, expect.any(Number), expect.any(String)]);
      }
      if (schema.type === 'integer') expect([path, schema.minimum, schema.format]).toEqual([path, expect.any(Number), expect.any(String)]);
      if (schema.type === 'integer' && path.includes('.spec.')) expect([path, schema.maximum]).toEqual([path, expect.any(Number)]);
      if (path.includes('.spec.') && schema.additionalProperties !== undefined) expect([path, schema.maxProperties]).toEqual([path, 16]);
      expect([path, schema.type]).not.toEqual([path, 'number']);
      expect([path, schema.nullable]).toEqual([path, undefined]);
    }
  });

  test('lists that are maps have one key, which generated validators rely on', () => {
    for (const { path, schema } of fields) {
      if (schema['x-kubernetes-list-type'] === 'map')
        expect([path, schema['x-kubernetes-list-map-keys']]).toEqual([path, [expect.any(String)]]);
    }
  });

  test('enum values are CamelCase', () => {
    for (const { schema } of fields) {
      for (const value of [...(schema.enum ?? []), ...(schema.items?.enum ?? [])]) expect(value).toMatch(/^[A-Z][A-Za-z0-9]*$/);
    }
  });

  test('the default of an object is the defaults of its fields', () => {
    for (const { path, schema } of fields) {
      if (typeof schema.default !== 'object') continue;
      const defaults = Object.entries(schema.properties ?? {}).filter(([, child]) => child.default !== undefined);
      expect([path, schema.default]).toEqual([path, Object.fromEntries(defaults.map(([key, child]) => [key, child.default]))]);
    }
  });

  test('messages of rules back-quote a field and say what must or may be', () => {
    for (const { schema } of fields) {
      for (const target of [schema, schema.items ?? {}]) {
        for (const { message } of target['x-kubernetes-validations'] ?? []) expect(message).toMatch(/^(?=.*`\w+(\.\w+)?`).*\b(must|may)\b/);
      }
    }
  });

  test('printer columns show fields that exist', () => {
    const paths = new Set(fields.map(({ path }) => path.slice(path.indexOf('.'))));
    for (const { jsonPath } of version.additionalPrinterColumns) {
      const plain = jsonPath.replace(/\[.*\]\.status$/, '');
      expect(plain === '.metadata.creationTimestamp' || paths.has(plain) ? [] : [jsonPath]).toEqual([]);
    }
  });
});
