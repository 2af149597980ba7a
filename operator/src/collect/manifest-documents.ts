import { load, YAMLException } from 'js-yaml';

/** Deeper than any of the kinds; a document beyond is an attack on whoever walks it. */
const MAX_DEPTH = 32;
const MAX_DOCUMENTS = 5_000;
const LONGEST_REASON = 200;

export type ManifestDocument =
  /** `index` counts documents of the file from 1, as a person does. */
  | { readonly type: 'Parsed'; readonly index: number; readonly value: unknown }
  | { readonly type: 'Broken'; readonly index: number; readonly message: string };

/**
 * The YAML documents of a file, each parsed on its own, so that one that is broken costs only itself. Blank documents and
 * such that hold only comments are left out. Aliases are refused (a few lines of them expand to gigabytes), merge keys are
 * plain keys, nesting is bounded.
 */
export function parseManifestDocuments(text: string): readonly ManifestDocument[] {
  const documents: ManifestDocument[] = [];
  for (const { piece, line } of splitDocuments(text)) {
    if (isBlank(piece)) continue;
    const index = documents.length + 1;
    if (index > MAX_DOCUMENTS) {
      documents.push({ type: 'Broken', index, message: `a file has at most ${MAX_DOCUMENTS} documents; the rest is not read` });
      break;
    }
    documents.push(parseDocument(piece, index, line));
  }
  return documents;
}

/** YAML lets no scalar hold a line that begins with `---`, so cutting there is safe. */
function splitDocuments(text: string): readonly { readonly piece: string; readonly line: number }[] {
  const pieces: { piece: string; line: number }[] = [];
  let current: string[] = [];
  let start = 1;
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  lines.forEach((line, number) => {
    const separator = /^(---|\.\.\.)(?=\s|$)(.*)$/.exec(line);
    if (separator === null) {
      current.push(line);
      return;
    }
    pieces.push({ piece: current.join('\n'), line: start });
    // What follows the dashes on their line belongs to the new document.
    current = [separator[2] ?? ''];
    start = number + 1;
  });
  pieces.push({ piece: current.join('\n'), line: start });
  return pieces;
}

function isBlank(piece: string): boolean {
  return piece.split('\n').every((line) => /^\s*(#|%|$)/.test(line));
}

function parseDocument(piece: string, index: number, firstLine: number): ManifestDocument {
  try {
    return { type: 'Parsed', index, value: load(piece, { maxDepth: MAX_DEPTH, maxAliases: 0 }) };
  } catch (error) {
    if (!(error instanceof YAMLException)) return { type: 'Broken', index, message: 'not YAML' };
    const reason = error.reason.startsWith('aliases exceeded') ? 'aliases (*name) are not read: write the value out' : error.reason;
    const where = error.mark === undefined ? '' : ` at line ${firstLine + error.mark.line}`;
    return { type: 'Broken', index, message: `not YAML${where}: ${reason.slice(0, LONGEST_REASON)}` };
  }
}
