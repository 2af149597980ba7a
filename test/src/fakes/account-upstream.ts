import { type Answer, answerJson, HttpUpstream, type UpstreamCall } from './http-upstream.ts';

type Entry = Readonly<Record<string, unknown>>;

/** A provider's account: keeps what is uploaded and made, and lists it as OpenAI does, the newest first. */
export class AccountUpstream {
  readonly files: Entry[] = [];
  readonly batches: Entry[] = [];
  /** Parameters of the lists that were asked for. */
  readonly queries: Readonly<Record<string, string>>[] = [];
  /** What lists are answered with. */
  status = 200;
  /** Knows `limit` and `after`. */
  pages = true;
  /** Has strangers' files without end. */
  endless = false;
  /** Never answers a list. */
  silent = false;
  readonly #upstream: HttpUpstream;
  #made = 0;
  #waiters: (() => void)[] = [];

  private constructor(upstream: HttpUpstream) {
    this.#upstream = upstream;
    upstream.answer = (call, response) => this.#answer(call)(call, response);
  }

  static async start(): Promise<AccountUpstream> {
    return new AccountUpstream(await HttpUpstream.start());
  }

  get url(): string {
    return this.#upstream.url;
  }

  reset(): void {
    for (const kept of [this.files, this.batches, this.queries]) kept.length = 0;
    this.status = 200;
    this.pages = true;
    this.endless = false;
    this.silent = false;
  }

  /** Resolves when `count` lists were asked for. */
  async asked(count: number): Promise<void> {
    while (this.queries.length < count) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  close(): Promise<void> {
    return this.#upstream.close();
  }

  #answer(call: UpstreamCall): Answer {
    const [path = '', query = ''] = call.path.split('?');
    const kept = path.startsWith('/v1/files') ? this.files : this.batches;
    if (path === '/v1/files' && call.method === 'POST') return this.#keep(kept, fileOf(call, this.#made));
    if (path === '/v1/batches' && call.method === 'POST') return this.#keep(kept, batchOf(call, this.#made));
    if (path === '/v1/files' || path === '/v1/batches') return this.#list(kept, Object.fromEntries(new URLSearchParams(query)));
    const entry = kept.find(({ id }) => path.endsWith(String(id)));
    return entry === undefined ? answerJson({ error: { message: 'no such thing' } }, 404) : answerJson(entry);
  }

  #keep(kept: Entry[], entry: Entry): Answer {
    this.#made += 1;
    kept.push(entry);
    return answerJson(entry);
  }

  #list(kept: readonly Entry[], query: Readonly<Record<string, string>>): Answer {
    this.queries.push(query);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
    if (this.silent) return () => {};
    if (this.status !== 200) return answerJson({ error: { message: 'no list' } }, this.status);
    if (this.endless) {
      const page = [{ id: `file-${this.queries.length}`, object: 'file', filename: 'theirs' }];
      return answerJson({ object: 'list', data: page, has_more: true });
    }
    const entries = kept.toReversed();
    if (!this.pages) return answerJson({ object: 'list', data: entries });
    const from = query['after'] === undefined ? 0 : entries.findIndex(({ id }) => id === query['after']) + 1;
    // Fewer than asked for, as some vendors give.
    const to = from + Math.min(10, Number(query['limit'] ?? 20));
    return answerJson({ object: 'list', data: entries.slice(from, to), has_more: to < entries.length });
  }
}

function fileOf({ body }: UpstreamCall, made: number): Entry {
  const filename = /; filename="([^"]*)"/.exec(body.toString('latin1'))?.[1] ?? '';
  return { id: `file-${made}`, object: 'file', bytes: 3, created_at: made, filename, purpose: 'batch', status: 'processed' };
}

function batchOf({ json }: UpstreamCall, made: number): Entry {
  return { id: `batch_${made}`, object: 'batch', status: 'validating', created_at: made, ...json };
}
