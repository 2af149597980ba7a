import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** One TypeScript source of the repository. */
export interface SourceFile {
  /** Path from the repository root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
  /** Repository paths of relative imports. */
  readonly imports: readonly string[];
  /** Imports of packages and of `node:` modules. */
  readonly packages: readonly string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?(?:[^'"\n;]|\n(?!\s*(?:import|export)\s))*?from\s+'([^']+)'|import\('([^']+)'\)/g;

export const ROOT: string = resolve(import.meta.dirname, '../../..');

/** Reads the sources (no tests, no generated files) of the given packages. */
export function readSources(packages: readonly string[]): readonly SourceFile[] {
  return packages.flatMap((name) => list(join(ROOT, name, 'src'))).map(read);
}

function list(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|gen|d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function read(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const specifiers = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');
  return {
    path: relative(ROOT, file),
    text,
    lineCount: text.split('\n').length - 1,
    imports: specifiers.filter((s) => s.startsWith('.')).map((s) => relative(ROOT, resolve(dirname(file), s))),
    packages: specifiers.filter((s) => !s.startsWith('.')),
  };
}
