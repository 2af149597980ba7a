import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT, readSources, type SourceFile } from './source-tree.ts';

const product = readSources(['crds', 'operator', 'proxy']);
const all = [...product, ...readSources(['test'])];
const STAGES = {
  operator: ['collect', 'compile', 'deliver', 'report'],
  proxy: ['accept', 'admit', 'cache', 'decide', 'dispatch', 'emit'],
} as const;
const PURE = [
  'operator/src/compile',
  'proxy/src/decide',
  'proxy/src/strategies',
  'proxy/src/dialects',
  'proxy/src/operations',
  'proxy/src/wire',
];
const KNOWS_ALL = /^(operator|proxy)\/src\/(main|admin|pipeline|reconciler|index|start-proxy)\.ts$/;

/** Stage index of a path within its package, or undefined for nouns and roots. */
function stageOf(path: string): { readonly owner: keyof typeof STAGES; readonly index: number } | undefined {
  const [owner, , folder] = path.split('/');
  if (owner !== 'operator' && owner !== 'proxy') return undefined;
  const index = (STAGES[owner] as readonly string[]).indexOf(folder ?? '');
  return index < 0 ? undefined : { owner, index };
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

function findCycle(files: readonly SourceFile[]): readonly string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): readonly string[] | undefined => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return undefined;
    trail.push(path);
    for (const next of byPath.get(path)?.imports ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file.path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe('the architecture', () => {
  test('files stay small: median <= 100 lines, p90 <= 250, none > 400', () => {
    const lines = product.map((file) => file.lineCount).sort((a, b) => a - b);
    const figures = { files: lines.length, median: quantile(lines, 0.5), p90: quantile(lines, 0.9), max: lines.at(-1) ?? 0 };
    process.stdout.write(`file lengths: ${JSON.stringify(figures)}\n`);
    expect(figures.median).toBeLessThanOrEqual(100);
    expect(figures.p90).toBeLessThanOrEqual(250);
    expect(all.filter((file) => file.lineCount > 400).map((file) => file.path)).toEqual([]);
  });

  test('a stage imports no later stage of its package', () => {
    const wrong = product.flatMap((file) => {
      const from = stageOf(file.path);
      if (from === undefined) return [];
      return file.imports.filter((path) => (stageOf(path)?.index ?? -1) > from.index).map((path) => `${file.path} -> ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  test('noun folders import no stage', () => {
    const wrong = product
      .filter((file) => file.path.split('/').length > 3 && stageOf(file.path) === undefined && !file.path.includes('/cli/'))
      .flatMap((file) => file.imports.filter((path) => stageOf(path) !== undefined).map((path) => `${file.path} -> ${path}`));
    expect(wrong).toEqual([]);
  });

  test('operator and proxy know only the contract', () => {
    const wrong = product.filter(
      (file) =>
        file.packages.some((name) => name === '@headgate/proxy' || name === '@headgate/operator' || name === '@headgate/test') ||
        file.imports.some((path) => path.split('/')[0] !== file.path.split('/')[0]),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('the proxy never imports the Kubernetes client', () => {
    const wrong = all.filter((file) => file.path.startsWith('proxy/') && file.packages.some((name) => name.startsWith('@kubernetes/')));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('pure folders have no clock, randomness, I/O or process', () => {
    const forbidden = /\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.|setTimeout\(|setInterval\(|fetch\()/;
    const wrong = product
      .filter((file) => PURE.some((folder) => file.path.startsWith(`${folder}/`)))
      .filter(
        (file) =>
          forbidden.test(withoutComments(file.text)) ||
          file.packages.some((name) => /^(node:|undici|express|pino|prom-client|@kubernetes\/)/.test(name)),
      );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('imports form no cycle', () => {
    expect(findCycle(all)).toBeUndefined();
  });

  test('no `any`, no suppressed type errors, no default exports', () => {
    const wrong = all.filter((file) =>
      /(:\s*any\b|\bas any\b|<any>|@ts-(ignore|nocheck|expect-error)|\bas unknown as\b|export default)/.test(withoutComments(file.text)),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('pipeline.ts and reconciler.ts fit on one screen', () => {
    const long = product.filter((file) => /\/(pipeline|reconciler)\.ts$/.test(file.path) && file.lineCount > 60);
    expect(long.map((file) => `${file.path}: ${file.lineCount}`)).toEqual([]);
  });

  test('only the roots of a package know all its stages', () => {
    const wrong = product.filter(
      (file) =>
        !KNOWS_ALL.test(file.path) &&
        file.path.split('/').length === 3 &&
        new Set(file.imports.map((path) => stageOf(path)?.index).filter((index) => index !== undefined)).size > 2,
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('no folder is called utils, helpers or common', () => {
    expect(all.filter((file) => /\/(utils|helpers|common)\//.test(file.path)).map((file) => file.path)).toEqual([]);
  });

  test('every run-time dependency has its reason in docs/decisions', () => {
    const decisions = readdirSync(join(ROOT, 'docs/decisions'))
      .map((name) => readFileSync(join(ROOT, 'docs/decisions', name), 'utf8'))
      .join('\n');
    const dependencies = ['crds', 'operator', 'proxy'].flatMap((name) => {
      const manifest = JSON.parse(readFileSync(join(ROOT, name, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> };
      return Object.keys(manifest.dependencies ?? {}).filter((dependency) => !dependency.startsWith('@headgate/'));
    });
    expect([...new Set(dependencies)].filter((name) => !decisions.includes(`\`${name}\``))).toEqual([]);
  });
});
