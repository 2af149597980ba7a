const ALLOWED = /^[a-zA-Z0-9_-]+$/;

/**
 * Anthropic takes letters, digits, `_` and `-` in ids of calls; other vendors' ids (`functions.search:0`) are respelled
 * the same way in the call and in its result. The caller keeps its own spelling, so nothing has to be remembered.
 */
export class ToolIds {
  private readonly bySafe = new Map<string, string>();

  safe(id: string): string {
    if (ALLOWED.test(id)) return id;
    const spelled = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
    let unique = spelled;
    for (let attempt = 2; (this.bySafe.get(unique) ?? id) !== id; attempt++) unique = `${spelled}_${attempt}`;
    this.bySafe.set(unique, id);
    return unique;
  }
}
