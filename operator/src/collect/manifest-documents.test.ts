import { describe, expect, test } from '@jest/globals';
import { parseManifestDocuments } from './manifest-documents.ts';

describe('parseManifestDocuments', () => {
  test('reads every document of a file, blank and comment-only ones left out', () => {
    const documents = parseManifestDocuments('# head\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n');
    expect(documents).toEqual([
      { type: 'Parsed', index: 1, value: { a: 1 } },
      { type: 'Parsed', index: 2, value: { b: 2 } },
    ]);
  });

  test('a broken document costs only itself, and is named with its line in the file', () => {
    const documents = parseManifestDocuments('a: 1\n---\nb: [1,\n---\nc: 3\n');
    expect(documents.map((document) => document.type)).toEqual(['Parsed', 'Broken', 'Parsed']);
    expect(documents[1]).toMatchObject({ index: 2, message: expect.stringContaining('at line 3') });
  });

  test('takes content on the line of the dashes, and a byte order mark', () => {
    expect(
      parseManifestDocuments('\uFEFF--- {a: 1}\n--- {b: 2}\n').map((document) => document.type === 'Parsed' && document.value),
    ).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test('does not cut inside an indented block scalar', () => {
    expect(parseManifestDocuments('a: |\n  ---\n  text\n')).toEqual([{ type: 'Parsed', index: 1, value: { a: '---\ntext\n' } }]);
  });

  test('refuses aliases, of which a few lines make gigabytes', () => {
    const bomb = `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n`;
    expect(parseManifestDocuments(bomb)).toMatchObject([{ type: 'Broken', message: expect.stringContaining('write the value out') }]);
  });

  test('does not merge: `<<` is a key like any other', () => {
    expect(parseManifestDocuments('<<: {a: 1}\n')).toEqual([{ type: 'Parsed', index: 1, value: { '<<': { a: 1 } } }]);
  });

  test.each([
    ['deep nesting', '['.repeat(10_000)],
    ['a duplicate key', 'a: 1\na: 2'],
    ['a tag of another language', 'a: !!js/function "x"'],
  ])('refuses %s', (_what, text) => {
    expect(parseManifestDocuments(text)).toMatchObject([{ type: 'Broken' }]);
  });

  test('cannot be made to change prototypes', () => {
    const [document] = parseManifestDocuments('__proto__: {polluted: true}\n');
    expect(document?.type).toBe('Parsed');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
