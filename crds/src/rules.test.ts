import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { admitObject } from './admit-object.ts';
import { RULES } from './check-rules.ts';
import { isKindName, type KindName } from './kind-name.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: unknown;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

interface Manifest {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

interface Sample {
  readonly file: string;
  readonly kind: KindName;
  readonly object: Readonly<Record<string, unknown>>;
  /** Part of the message; undefined for valid samples. */
  readonly expected: string | undefined;
}

const here = new URL('..', import.meta.url);

const manifests = readdirSync(new URL('manifests', here)).map((file) => {
  const manifest = load(readFileSync(new URL(`manifests/${file}`, here), 'utf8')) as Manifest;
  return { kind: manifest.spec.names.kind, schema: manifest.spec.versions[0]?.schema.openAPIV3Schema ?? {} };
});

function samples(folder: 'valid' | 'invalid'): readonly Sample[] {
  return readdirSync(new URL(`samples/${folder}`, here)).map((file) => {
    const text = readFileSync(new URL(`samples/${folder}/${file}`, here), 'utf8');
    const object = load(text) as Readonly<Record<string, unknown>>;
    const kind = object['kind'];
    if (!isKindName(kind)) throw new Error(`${file} has no known kind`);
    return { file, kind, object, expected: /^# expect: (.+)$/m.exec(text)?.[1] };
  });
}

const valid = samples('valid');
const invalid = samples('invalid');

/** Every sub-schema with its path, `[]` standing for the items of a list. */
function walk(schema: Schema, path: string): readonly (readonly [string, Schema])[] {
  const children = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => walk(child, path === '' ? key : `${path}.${key}`));
  return [[path, schema], ...children, ...(schema.items === undefined ? [] : walk(schema.items, `${path}[]`))];
}

function pathsOf(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item) => pathsOf(item, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, path === '' ? key : `${path}.${key}`))];
}

const celRules = manifests.flatMap(({ kind, schema }) =>
  walk(schema, '').flatMap(([path, at]) =>
    (at['x-kubernetes-validations'] ?? []).map(({ message, rule }) => ({ kind, path, message, rule })),
  ),
);

/** Samples of rules expect words, samples of the schema expect the path of a field. */
function isAboutRule({ expected }: Pick<Sample, 'expected'>): boolean {
  return expected?.includes(' ') === true;
}

describe('samples', () => {
  test.each(valid.map((sample) => [sample.file, sample] as const))('valid/%s is admitted', (_file, { kind, object }) => {
    expect(admitObject(kind, object)).toMatchObject({ type: 'valid' });
  });

  test.each(invalid.map((sample) => [sample.file, sample] as const))(
    'invalid/%s is refused with its message',
    (_file, { kind, object, expected }) => {
      const result = admitObject(kind, object);
      expect(result.type).toBe('invalid');
      if (result.type === 'invalid') expect(result.errors.join('\n')).toContain(expected ?? 'no expectation');
    },
  );

  test('every field of every spec occurs in a valid sample', () => {
    for (const { kind, schema } of manifests) {
      const used = new Set(valid.filter((sample) => sample.kind === kind).flatMap(({ object }) => pathsOf(object['spec'], 'spec')));
      const fields = walk(schema.properties?.['spec'] ?? {}, 'spec').map(([path]) => path);
      expect(fields.filter((field) => !used.has(field))).toEqual([]);
    }
  });
});

describe('rules', () => {
  test('every CEL rule has its twin, and every twin its CEL rule', () => {
    const named = ({ kind, path, message }: { kind: string; path: string; message: string }): string => `${kind} ${path}: ${message}`;
    expect(RULES.map(named).sort()).toEqual(celRules.map(named).sort());
  });

  test.each(RULES.map((rule) => [`${rule.kind} ${rule.path}`, rule.message, rule] as const))(
    '%s: "%s" has an invalid sample',
    (_at, message, rule) => {
      const expectations = invalid
        .filter((sample) => sample.kind === rule.kind && isAboutRule(sample))
        .map(({ expected }) => expected ?? '');
      expect(expectations.filter((expected) => message.includes(expected))).not.toEqual([]);
    },
  );

  test('a sample of a rule breaks that rule alone', () => {
    for (const { file, kind, object, expected } of invalid) {
      const result = admitObject(kind, object);
      if (result.type === 'valid' || !isAboutRule({ expected })) continue;
      expect([file, result.errors.length]).toEqual([file, 1]);
    }
  });
});
