import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { admitObject, isKindName } from '@headgate/crds';
import { describe, expect, test } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { ROOT } from './source-tree.ts';

/** Written by `make bench`, so not there in every clone. */
const MADE = 'test/bench/RESULTS.md';
const documents = ['README.md', 'CHANGELOG.md', ...markdownOf('docs'), ...markdownOf('docs/decisions')];

describe('the documentation', () => {
  test('links only to files and headings that exist', () => {
    const broken = documents.flatMap((document) =>
      linksOf(document)
        .filter((link) => !leadsSomewhere(document, link))
        .map((link) => `${document}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test('names every folder of the operator and the proxy in docs/architecture.md', () => {
    const text = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    const folders = ['operator', 'proxy'].flatMap((name) =>
      readdirSync(join(ROOT, name, 'src'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])),
    );
    expect(folders.filter((folder) => !new RegExp(`\\b${folder}\\b`).test(text))).toEqual([]);
  });

  test('numbers its decisions without gaps, and gives each a status', () => {
    const names = markdownOf('docs/decisions');
    expect(names.map((name) => Number(/(\d{4})-/.exec(name)?.[1]))).toEqual(names.map((_, index) => index + 1));
    expect(names.filter((name) => !/^Status: /m.test(readFileSync(join(ROOT, name), 'utf8')))).toEqual([]);
  });

  test('shows manifests in the README that the API server takes', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const manifests = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap((match) => loadAll(match[1] ?? '')).filter(isManifest);
    const ours = manifests.flatMap(({ kind, ...object }) => (isKindName(kind) ? [{ kind, ...object }] : []));
    expect(ours.map(({ kind }) => kind)).toEqual(['ModelProvider', 'RoutePolicy', 'ModelConsumer']);
    for (const object of ours) expect(admitObject(object.kind, object)).toMatchObject({ type: 'valid' });
  });

  test('is listed in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(markdownOf('docs').filter((name) => !readme.includes(`(${name})`))).toEqual([]);
  });
});

function isManifest(value: unknown): value is { readonly kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

function markdownOf(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** Targets of links within the repository. */
function linksOf(document: string): readonly string[] {
  const text = readFileSync(join(ROOT, document), 'utf8').replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '').filter((target) => !/^[a-z]+:/.test(target));
}

function leadsSomewhere(document: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? join(ROOT, document) : resolve(ROOT, dirname(document), path);
  if (relative(ROOT, file) === MADE) return true;
  if (relative(ROOT, file).startsWith('..') || !existsSync(file)) return false;
  return heading === undefined || headingsOf(file).includes(heading);
}

/** Anchors as GitHub makes them. */
function headingsOf(file: string): readonly string[] {
  const titles = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '');
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
