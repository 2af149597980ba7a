/** Stands in for the Lease where there is but one replica: leads from start to stop. */
export class OnlyLeader {
  readonly #listeners: ((leader: boolean) => void)[] = [];
  #leads = false;

  onChange(listener: (leader: boolean) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#set(true);
  }

  stop(): Promise<void> {
    this.#set(false);
    return Promise.resolve();
  }

  isLeader(): boolean {
    return this.#leads;
  }

  /** Revisions go on above the snapshot, so one term serves for ever. */
  term(): number {
    return this.#leads ? 1 : 0;
  }

  #set(leads: boolean): void {
    if (this.#leads === leads) return;
    this.#leads = leads;
    for (const listener of this.#listeners) listener(leads);
  }
}
