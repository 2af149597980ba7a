import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { ManifestProblem } from '../collect/manifest-problem.ts';
import type { Clock, Timer } from '../support/clock.ts';
import type { Logger } from '../support/logger.ts';
import type { ObjectStatus, StatusSink } from './status-sink.ts';

const WRITE_AFTER_MS = 200;
const WRITE_EVERY_MS = 2_000;

export interface FolderStatusSinkOptions {
  readonly folder: string;
  /** File that `<kind>/<namespace>/<name>` comes from, relative to the folder; undefined = from none. */
  readonly fileOf: (id: string) => string | undefined;
  readonly problems: () => readonly ManifestProblem[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Statuses as `<file>.status.yaml` beside the manifests, replaced whole and only when they differ. */
export class FolderStatusSink implements StatusSink {
  readonly #options: FolderStatusSinkOptions;
  readonly #wanted = new Map<string, ObjectStatus>();
  readonly #written = new Map<string, string>();
  #timer: Timer | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: FolderStatusSinkOptions) {
    this.#options = options;
  }

  want(status: ObjectStatus): void {
    this.#wanted.set(status.key, status);
    this.#schedule();
  }

  forget(status: ObjectStatus): void {
    this.#wanted.delete(status.key);
    this.#schedule();
  }

  clear(): void {
    this.#wanted.clear();
  }

  /** Resolves when the write that runs, if one does, has ended. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#writing;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    const waitMs = Math.max(WRITE_AFTER_MS, this.#lastMs + WRITE_EVERY_MS - this.#options.clock.monotonic());
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#lastMs = this.#options.clock.monotonic();
      this.#writing = this.#writeAll().catch((error: unknown) =>
        this.#options.log.warn({ error: error instanceof Error ? error.message : String(error) }, 'status files could not be written'),
      );
    }, waitMs);
  }

  async #writeAll(): Promise<void> {
    const texts = this.#render();
    for (const [file, text] of texts) {
      if (this.#written.get(file) === text) continue;
      await replaceFile(join(this.#options.folder, file), text);
      this.#written.set(file, text);
    }
    for (const file of this.#written.keys()) {
      if (texts.has(file)) continue;
      await rm(join(this.#options.folder, file), { force: true });
      this.#written.delete(file);
    }
  }

  /** Text per status file. */
  #render(): ReadonlyMap<string, string> {
    const documents = new Map<string, string[]>();
    const add = (file: string, document: string): void => {
      const name = statusFileOf(file);
      documents.set(name, [...(documents.get(name) ?? [headerOf(file)]), document]);
    };
    for (const problem of this.#options.problems()) if (problem.file !== '') add(problem.file, describe(problem));
    for (const { kind, object, status } of this.#wanted.values()) {
      const { namespace, name, generation } = object.metadata;
      const file = this.#options.fileOf(`${kind}/${namespace}/${name}`);
      if (file === undefined) continue;
      const document = { apiVersion: object.apiVersion, kind, metadata: { name, namespace, generation }, status };
      add(file, `---\n${dump(document, { noRefs: true, lineWidth: 160 })}`);
    }
    return new Map([...documents].map(([file, parts]) => [file, parts.join('')]));
  }
}

/** `providers.yaml` -> `providers.status.yaml`. */
function statusFileOf(file: string): string {
  return `${file.replace(/\.yaml$/i, '')}.status.yaml`;
}

function headerOf(file: string): string {
  return `# Written by Headgate: status of what is in ${file}. Edits here have no effect.\n`;
}

function describe({ document, field, message }: ManifestProblem): string {
  const where = [document === 0 ? '' : `document ${document}`, field].filter((part) => part !== '').join(', ');
  return `# BROKEN${where === '' ? '' : ` (${where})`}: ${message.replaceAll('\n', ' ')}\n`;
}

/** A reader sees the old text or the new one, never half of it. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}
