import type { Source } from './source.ts';
import type { World } from './world.ts';

const NOTHING: World = {
  providers: [],
  policies: [],
  consumers: [],
  secrets: new Map(),
  services: new Map(),
  namespaces: new Map(),
  keySalt: '',
  allowedPrivateHosts: [],
};

/** A source that can be waited for: health is answered while what the real one needs is still being fetched. */
export class LateSource implements Source {
  readonly #listeners: (() => void)[] = [];
  #source: Source | undefined;

  /** From now on this is the source; starts it. */
  become(source: Source): Promise<void> {
    this.#source = source;
    source.onChange(() => this.#tell());
    return source.start();
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  hasSynced(): boolean {
    return this.#source?.hasSynced() ?? false;
  }

  world(): World {
    return this.#source?.world() ?? NOTHING;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async stop(): Promise<void> {
    await this.#source?.stop();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
