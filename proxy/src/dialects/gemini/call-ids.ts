interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/**
 * Ids of the calls in a history. Gemini matches results to calls by name, and ids are optional there: calls without one
 * get it from their position, so that the same history always has the same ids, and results that of the first call of
 * their name that has none yet.
 */
export class CallIds {
  private readonly open: OpenCall[] = [];
  private minted = 0;

  call(id: string | undefined, name: string): string {
    const known = id ?? this.mint();
    this.open.push({ id: known, name });
    return known;
  }

  result(id: string | undefined, name: string): string {
    const at = this.open.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
    const [call] = at === -1 ? [] : this.open.splice(at, 1);
    return id ?? call?.id ?? this.mint();
  }

  private mint(): string {
    return `call_${this.minted++}`;
  }
}
