const ALLOWED = /^[a-zA-Z0-9_.:-]{1,64}$/;
const MAX_LENGTH = 64;

/**
 * Bedrock takes 1 to 64 letters, digits and `_.:-` as id of a call. Other ids are respelled the same way in the call and
 * in its result; the caller keeps its own spelling.
 */
export class CallIds {
  private readonly bySafe = new Map<string, string>();

  safe(id: string): string {
    if (ALLOWED.test(id)) return id;
    const spelled = id.replace(/[^a-zA-Z0-9_.:-]/g, '_').slice(0, MAX_LENGTH - 4) || 'call';
    let unique = spelled;
    for (let attempt = 2; (this.bySafe.get(unique) ?? id) !== id; attempt++) unique = `${spelled}_${attempt}`;
    this.bySafe.set(unique, id);
    return unique;
  }
}
