import { describe, expect, test } from '@jest/globals';
import { applyFiles, EMPTY_FOLDER, type FolderState } from './folder-state.ts';
import type { ManifestFile } from './manifest-files.ts';

const file = (name: string, ...documents: readonly string[]): ManifestFile => ({ type: 'Text', name, text: documents.join('---\n') });
const provider = (name: string, extra = ''): string =>
  `apiVersion: headgate.dev/v1alpha1\nkind: ModelProvider\nmetadata: {name: ${name}}\nspec: {type: OpenAI${extra}}\n`;
const BROKEN_SPEC = provider('a', ', concurrency: many');
const apply = (before: FolderState, ...files: readonly ManifestFile[]): FolderState => applyFiles(before, files, Date.UTC(2026, 0, 2));
const idsOf = (state: FolderState): readonly string[] => [...state.entries.keys()].sort();
const generationOf = (state: FolderState, id: string): number | undefined => {
  const object = state.entries.get(id)?.object;
  return object?.type === 'Provider' ? object.object.metadata.generation : undefined;
};
const A = 'ModelProvider/default/a';
const B = 'ModelProvider/default/b';

describe('applyFiles', () => {
  test('gives objects what an API server would: namespace, defaults, uid, generation, creation time', () => {
    const state = apply(EMPTY_FOLDER, file('p.yaml', provider('a')));
    const entry = state.entries.get(A);
    expect(entry?.object).toMatchObject({
      type: 'Provider',
      object: {
        metadata: {
          name: 'a',
          namespace: 'default',
          generation: 1,
          uid: expect.stringMatching(/^[0-9a-f]{32}$/),
          creationTimestamp: '2026-01-02T00:00:00.000Z',
        },
        spec: { unpriced: 'Allow' },
      },
    });
    expect(state.problems).toEqual([]);
  });

  test('counts generations up by edits, and leaves what did not change untouched', () => {
    const first = apply(EMPTY_FOLDER, file('p.yaml', provider('a'), provider('b')));
    const second = apply(first, file('p.yaml', provider('a', ', concurrency: 4'), provider('b')));
    expect(generationOf(second, A)).toBe(2);
    expect(second.entries.get(B)).toBe(first.entries.get(B));
  });

  test('drops what was deleted, a document or a file', () => {
    const first = apply(EMPTY_FOLDER, file('p.yaml', provider('a'), provider('b')), file('q.yaml', provider('c')));
    expect(idsOf(apply(first, file('p.yaml', provider('a'))))).toEqual([A]);
  });

  test('keeps the last good form of a broken object and names file, document, field and reason', () => {
    const first = apply(EMPTY_FOLDER, file('p.yaml', provider('b'), provider('a')));
    const second = apply(first, file('p.yaml', provider('b'), BROKEN_SPEC));
    expect(second.entries.get(A)).toBe(first.entries.get(A));
    expect(second.problems).toEqual([{ file: 'p.yaml', document: 2, field: 'spec.concurrency', message: expect.any(String) }]);
    const fixed = apply(second, file('p.yaml', provider('b'), provider('a', ', concurrency: 5')));
    expect(generationOf(fixed, A)).toBe(2);
    expect(fixed.problems).toEqual([]);
  });

  test('a deletion takes effect beside a broken object of the same file', () => {
    const first = apply(EMPTY_FOLDER, file('p.yaml', provider('a'), provider('b')));
    expect(idsOf(apply(first, file('p.yaml', BROKEN_SPEC)))).toEqual([A]);
  });

  test('keeps everything of a file in which a document does not say what it is', () => {
    const first = apply(EMPTY_FOLDER, file('p.yaml', provider('a'), provider('b')));
    expect(idsOf(apply(first, file('p.yaml', provider('b'), 'kind: [')))).toEqual([A, B]);
    expect(idsOf(apply(first, { type: 'Unreadable', name: 'p.yaml', message: 'the file is empty' }))).toEqual([A, B]);
  });

  test('an object that moves to another file is the same object', () => {
    const first = apply(EMPTY_FOLDER, file('p.yaml', provider('a')));
    const second = apply(first, file('q.yaml', provider('a')));
    expect(second.entries.get(A)).toMatchObject({ file: 'q.yaml', object: first.entries.get(A)?.object });
  });

  test('of two definitions of one object the first file counts, and the second is named', () => {
    const state = apply(EMPTY_FOLDER, file('a.yaml', provider('a')), file('b.yaml', provider('a', ', concurrency: 9')));
    expect(state.entries.get(A)?.file).toBe('a.yaml');
    expect(state.problems).toMatchObject([{ file: 'b.yaml', document: 1, message: expect.stringContaining('already defined in a.yaml') }]);
  });

  test('reads Secrets both ways and never says their values', () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: plain}\ndata: {b: Y29kZWQ=}\n';
    const state = apply(EMPTY_FOLDER, file('s.yaml', secret));
    expect(state.entries.get('Secret/default/s')?.object).toMatchObject({ content: { data: { a: 'plain', b: 'coded' } } });
    const wrong = apply(EMPTY_FOLDER, file('s.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: 12345}\n'));
    expect(JSON.stringify(wrong.problems)).not.toContain('12345');
    expect(wrong.problems).toMatchObject([{ field: 'stringData.a' }]);
  });

  test('lets a provider of the folder be on the local machine', () => {
    const local =
      'apiVersion: headgate.dev/v1alpha1\nkind: ModelProvider\nmetadata: {name: l}\nspec: {type: Ollama, baseURL: "http://localhost:11434/v1"}\n';
    expect(apply(EMPTY_FOLDER, file('l.yaml', local)).problems).toEqual([]);
  });

  test.each([
    ['no object', '- a\n', ''],
    ['no kind', 'apiVersion: headgate.dev/v1alpha1\n', 'kind'],
    ['an unknown kind', 'apiVersion: headgate.dev/v1alpha1\nkind: ModelProvidr\nmetadata: {name: x}\n', 'kind'],
    ['a bad name', 'apiVersion: headgate.dev/v1alpha1\nkind: ModelProvider\nmetadata: {name: "../x"}\n', 'metadata.name'],
    ['a foreign kind', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n', 'kind'],
  ])('names %s', (_what, text, field) => {
    expect(apply(EMPTY_FOLDER, file('x.yaml', text)).problems).toMatchObject([{ file: 'x.yaml', document: 1, field }]);
  });
});
