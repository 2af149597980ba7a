import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';

/**
 * Tells when something changes in folders. One watch per folder: Node's recursive watch follows files on Linux, and goes
 * silent about each that an editor saves by renaming another over it.
 */
export class FolderWatcher {
  readonly #onChange: (name: string | null) => void;
  readonly #watches = new Map<string, FSWatcher>();

  /** `onChange` is given the name of what changed, without its folder, where the system tells it. */
  constructor(onChange: (name: string | null) => void) {
    this.#onChange = onChange;
  }

  /** Watches exactly these folders from now on; true when one of them was not watched before. */
  follow(folders: readonly string[]): boolean {
    for (const known of this.#watches.keys()) if (!folders.includes(known)) this.#end(known);
    let added = false;
    for (const folder of folders) added = this.#begin(folder) || added;
    return added;
  }

  close(): void {
    for (const folder of this.#watches.keys()) this.#end(folder);
  }

  #begin(folder: string): boolean {
    if (this.#watches.has(folder)) return false;
    try {
      const watcher = watch(folder, (event, name) => {
        // Perhaps the folder itself: one that is made anew under its name needs a new watch.
        if (event === 'rename' && name === basename(folder)) this.#end(folder);
        this.#onChange(name);
      });
      watcher.on('error', () => this.#end(folder));
      this.#watches.set(folder, watcher);
      return true;
    } catch {
      // Gone already, or a file system that tells nobody: whoever asks looks again from time to time.
      return false;
    }
  }

  #end(folder: string): void {
    this.#watches.get(folder)?.close();
    this.#watches.delete(folder);
  }
}
