import { createHmac } from 'node:crypto';

const MAX_REMEMBERED = 4096;

/**
 * Salted hash of API keys: hex HMAC-SHA256(salt, key), as the operator computes it for the table. Keys that turned out to
 * be known are remembered (bounded, least recently used goes first), so that a key in use costs one look-up.
 */
export class KeyHasher {
  readonly saltHex: string;
  readonly #salt: Buffer;
  readonly #remembered = new Map<string, string>();
  readonly #capacity: number;

  constructor(saltHex: string, capacity: number = MAX_REMEMBERED) {
    this.saltHex = saltHex;
    this.#salt = Buffer.from(saltHex, 'hex');
    this.#capacity = capacity;
  }

  get rememberedCount(): number {
    return this.#remembered.size;
  }

  hash(apiKey: string): string {
    return createHmac('sha256', this.#salt).update(apiKey).digest('hex');
  }

  /** Hash of a key seen before, else undefined. */
  recall(apiKey: string): string | undefined {
    const hash = this.#remembered.get(apiKey);
    if (hash === undefined) return undefined;
    // While half the places are free, nobody's age matters.
    if (this.#remembered.size * 2 < this.#capacity) return hash;
    // A second insertion moves the key to the young end of the map's insertion order.
    this.#remembered.delete(apiKey);
    this.#remembered.set(apiKey, hash);
    return hash;
  }

  /** Call only for keys that belong to a consumer: guesses must not push out keys in use. */
  remember(apiKey: string, hash: string): void {
    this.#remembered.set(apiKey, hash);
    if (this.#remembered.size <= this.#capacity) return;
    const oldest = this.#remembered.keys().next();
    if (oldest.done !== true) this.#remembered.delete(oldest.value);
  }
}
