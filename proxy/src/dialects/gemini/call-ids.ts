interface OpenCall {
  readonly id: string;
  readonly name: string;
  readonly isMinted: boolean;
}

/**
 * Ids of the calls in a history. Gemini matches results to calls by name, and ids are optional there: calls without one
 * get it from their position, so that the same history always has the same ids, and results that of the first call of
 * their name that has none yet. Clients that give ids to results only (Gemini CLI) mean the call of the name as well.
 */
export class CallIds {
  private readonly open: OpenCall[] = [];
  private minted = 0;

  call(id: string | undefined, name: string): string {
    const known = id ?? this.mint();
    this.open.push({ id: known, name, isMinted: id === undefined });
    return known;
  }

  result(id: string | undefined, name: string): string {
    const exact = this.open.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
    const at = exact === -1 ? this.open.findIndex((call) => call.isMinted && call.name === name) : exact;
    const [call] = at === -1 ? [] : this.open.splice(at, 1);
    return call?.id ?? id ?? this.mint();
  }

  private mint(): string {
    return `call_${this.minted++}`;
  }
}
