import { createHash } from 'node:crypto';
import { canonicalJson } from '@headgate/crds';
import { deepFreeze } from '../support/deep-freeze.ts';
import { parseManifestDocuments } from './manifest-documents.ts';
import type { ManifestFile } from './manifest-files.ts';
import { type ManifestObject, readManifestObject } from './manifest-object.ts';
import type { ManifestProblem } from './manifest-problem.ts';

export interface FolderEntry {
  readonly file: string;
  /** With uid, generation and creationTimestamp, which an API server would have given. */
  readonly object: ManifestObject;
  /** Canonical text as it stood in the file: what tells an edit from a new reading. */
  readonly text: string;
}

export interface FolderState {
  /** By id, `<kind>/<namespace>/<name>`. */
  readonly entries: ReadonlyMap<string, FolderEntry>;
  readonly problems: readonly ManifestProblem[];
}

export const EMPTY_FOLDER: FolderState = { entries: new Map(), problems: [] };

interface Draft {
  readonly before: FolderState;
  readonly nowMs: number;
  readonly entries: Map<string, FolderEntry>;
  readonly problems: ManifestProblem[];
}

/**
 * The folder after a reading of its files. What is broken is named and keeps its last good form; what is no longer there
 * is gone. An object that did not change keeps its reference, one whose text changed gets the next generation.
 * @param nowMs creation time of objects that are new, ms since 1970
 */
export function applyFiles(before: FolderState, files: readonly ManifestFile[], nowMs: number): FolderState {
  const draft: Draft = { before, nowMs, entries: new Map(), problems: [] };
  for (const file of files) {
    if (file.type === 'Text') applyFile(draft, file.name, file.text);
    else {
      draft.problems.push({ file: file.name, document: 0, field: '', message: file.message });
      keepFrom(draft, file.name, () => true);
    }
  }
  return { entries: draft.entries, problems: draft.problems };
}

/** An object that comes from no file, e.g. a provider made from a key in the environment. */
export function generatedEntry(object: ManifestObject, nowMs: number): FolderEntry {
  return { file: '', object: stamp(object, 1, nowMs), text: canonicalJson(object) };
}

function applyFile(draft: Draft, file: string, text: string): void {
  const broken = new Set<string>();
  let unknownIdentity = false;
  for (const document of parseManifestDocuments(text)) {
    const { index } = document;
    if (document.type === 'Broken') {
      draft.problems.push({ file, document: index, field: '', message: document.message });
      unknownIdentity = true;
      continue;
    }
    const reading = readManifestObject(document.value);
    if (reading.type === 'Object') addObject(draft, file, index, reading.object);
    if (reading.type === 'Foreign') {
      draft.problems.push({ file, document: index, field: 'kind', message: `${reading.kind} is not used by Headgate and left out` });
    }
    if (reading.type !== 'Invalid') continue;
    draft.problems.push(...reading.problems.map((problem) => ({ file, document: index, ...problem })));
    if (reading.id === undefined) unknownIdentity = true;
    else broken.add(reading.id);
  }
  keepFrom(draft, file, (id) => unknownIdentity || broken.has(id));
}

function addObject(draft: Draft, file: string, document: number, object: ManifestObject): void {
  const other = draft.entries.get(object.id);
  if (other !== undefined) {
    const message = `${object.id} is already defined in ${other.file}; this one is left out`;
    draft.problems.push({ file, document, field: 'metadata.name', message });
    return;
  }
  const text = canonicalJson(object);
  const known = draft.before.entries.get(object.id);
  if (known?.text === text) draft.entries.set(object.id, known.file === file ? known : { ...known, file });
  else draft.entries.set(object.id, { file, text, object: stamp(object, generationOf(known) + 1, createdMs(known) ?? draft.nowMs) });
}

/** Takes over entries that the file gave before and does not give now. */
function keepFrom(draft: Draft, file: string, kept: (id: string) => boolean): void {
  for (const [id, entry] of draft.before.entries) {
    if (entry.file === file && !draft.entries.has(id) && kept(id)) draft.entries.set(id, entry);
  }
}

function stamp(object: ManifestObject, generation: number, createdMsSinceEpoch: number): ManifestObject {
  const uid = createHash('sha256').update(object.id).digest('hex').slice(0, 32);
  const creationTimestamp = new Date(createdMsSinceEpoch).toISOString();
  switch (object.type) {
    case 'Provider': {
      const metadata = { creationTimestamp, ...object.object.metadata, uid, generation };
      return deepFreeze({ ...object, object: { ...object.object, metadata } });
    }
    case 'Policy': {
      const metadata = { creationTimestamp, ...object.object.metadata, uid, generation };
      return deepFreeze({ ...object, object: { ...object.object, metadata } });
    }
    case 'Consumer': {
      const metadata = { creationTimestamp, ...object.object.metadata, uid, generation };
      return deepFreeze({ ...object, object: { ...object.object, metadata } });
    }
    case 'Secret':
    case 'Namespace':
      return deepFreeze(object);
  }
}

function metadataOf(entry: FolderEntry | undefined): {
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
} {
  return entry !== undefined && 'object' in entry.object ? entry.object.object.metadata : {};
}

function generationOf(entry: FolderEntry | undefined): number {
  return metadataOf(entry).generation ?? 0;
}

function createdMs(entry: FolderEntry | undefined): number | undefined {
  const created = metadataOf(entry).creationTimestamp;
  return created === undefined ? undefined : Date.parse(created);
}
