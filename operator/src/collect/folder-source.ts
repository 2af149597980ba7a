import { join } from 'node:path';
import type { Clock, Timer } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import { applyFiles, EMPTY_FOLDER, type FolderEntry, type FolderState, generatedEntry } from './folder-state.ts';
import { FolderWatcher } from './folder-watcher.ts';
import { folderWorld, type WorldSettings } from './folder-world.ts';
import { isManifestName, type ManifestFile, readManifestFiles } from './manifest-files.ts';
import type { ManifestObject } from './manifest-object.ts';
import type { ManifestProblem } from './manifest-problem.ts';
import type { Source } from './source.ts';
import type { World } from './world.ts';

/** Editors write a file in several steps; together they are one edit. */
const QUIET_MS = 30;
/** For file systems on which nobody is told of changes. */
const RESCAN_MS = 3_000;

export interface FolderSourceOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: WorldSettings;
  /** Objects that come from no file and are never written to one. */
  readonly generated: readonly ManifestObject[];
}

/** A folder of manifests as the world: edits and deletions take effect at once, broken documents keep their last good form. */
export class FolderSource implements Source {
  readonly #options: FolderSourceOptions;
  readonly #generated: readonly FolderEntry[];
  readonly #listeners: (() => void)[] = [];
  #state: FolderState = EMPTY_FOLDER;
  #world: World;
  #texts = '';
  #synced = false;
  #started = false;
  #stopped = false;
  readonly #watcher: FolderWatcher;
  #folders: readonly string[] = [''];
  /** Something changed since the latest reading began. */
  #changed = false;
  #timer: Timer | undefined;
  #scan: Promise<void> = Promise.resolve();

  constructor(options: FolderSourceOptions) {
    this.#options = options;
    this.#generated = options.generated.map((object) => generatedEntry(object, options.clock.now()));
    this.#world = folderWorld([], options.settings);
    this.#watcher = new FolderWatcher((name) => {
      if (name === null || isManifestName(name) || !name.includes('.')) this.#noteChange();
    });
  }

  /** Resolves after the first reading. */
  async start(): Promise<void> {
    if (this.#started) return this.#scan;
    this.#started = true;
    this.#follow();
    await this.#rescan();
  }

  hasSynced(): boolean {
    return this.#synced;
  }

  world(): World {
    return this.#world;
  }

  /** What is wrong in the folder now. */
  problems(): readonly ManifestProblem[] {
    return this.#state.problems;
  }

  /** The file, relative to the folder, that an object (`<kind>/<namespace>/<name>`) comes from; undefined when from none. */
  fileOf(id: string): string | undefined {
    const file = this.#state.entries.get(id)?.file;
    return file === '' ? undefined : file;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#scan;
    this.#watcher.close();
  }

  #follow(): boolean {
    return this.#watcher.follow(this.#folders.map((name) => join(this.#options.folder, name)));
  }

  #noteChange(): void {
    this.#changed = true;
    this.#schedule(QUIET_MS);
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimeout(() => void this.#rescan(), delayMs);
  }

  #rescan(): Promise<void> {
    this.#scan = this.#scan
      .then(() => {
        this.#changed = false;
        return this.#read();
      })
      .catch((error: unknown) => this.#options.log.error({ error: String(error) }, 'manifests could not be read'))
      .finally(() => {
        if (this.#stopped) return;
        // A folder was not watched while it was read for the first time.
        const added = this.#follow();
        this.#schedule(added || this.#changed ? QUIET_MS : RESCAN_MS);
      });
    return this.#scan;
  }

  async #read(): Promise<void> {
    const reading = await readManifestFiles(this.#options.folder);
    if (reading.type === 'Unreadable') {
      // Not a wish to delete everything in it; and a world that was never read must not count as synced.
      const problems = [{ file: '', document: 0, field: '', message: `the folder ${reading.message}` }];
      this.#announceProblems(this.#state.problems, problems);
      this.#state = { ...this.#state, problems };
      this.#texts = '';
      return;
    }
    this.#folders = reading.folders;
    const texts = JSON.stringify(reading.files);
    if (texts === this.#texts && this.#synced) return;
    this.#texts = texts;
    this.#become(this.#withGenerated(reading.files));
  }

  /** What a file says goes before what was made from the environment. */
  #withGenerated(files: readonly ManifestFile[]): FolderState {
    const state = applyFiles(this.#state, files, this.#options.clock.now());
    const generated = this.#generated.filter((entry) => !state.entries.has(entry.object.id));
    return { ...state, entries: new Map([...state.entries, ...generated.map((entry) => [entry.object.id, entry] as const)]) };
  }

  #become(next: FolderState): void {
    const before = this.#state;
    this.#state = next;
    this.#announceProblems(before.problems, next.problems);
    if (this.#synced && sameObjects(before, next)) return;
    this.#world = folderWorld(
      [...next.entries.values()].map((entry) => entry.object),
      this.#options.settings,
    );
    this.#synced = true;
    for (const listener of this.#listeners) listener();
  }

  #announceProblems(before: readonly ManifestProblem[], after: readonly ManifestProblem[]): void {
    const known = new Set(before.map((problem) => JSON.stringify(problem)));
    for (const problem of after) {
      if (!known.delete(JSON.stringify(problem))) this.#options.log.warn({ ...problem }, 'a manifest is broken, its last good form stays');
    }
    if (before.length > 0 && after.length === 0) this.#options.log.info({}, 'all manifests are well again');
  }
}

function sameObjects(before: FolderState, after: FolderState): boolean {
  if (before.entries.size !== after.entries.size) return false;
  for (const [id, entry] of after.entries) if (before.entries.get(id)?.object !== entry.object) return false;
  return true;
}
