import type { DialectId, RoutingTable } from '@headgate/crds';
import { type Endpoint, type ProxyOptions, type RunningProxy, startProxy } from '@headgate/proxy';
import { CALLER_KEY } from './routing-tables.ts';

export interface CallOptions {
  readonly dialect?: DialectId;
  readonly stream?: boolean;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A real proxy in this process, on free ports, with its access log at hand. */
export class ProxyUnderTest {
  readonly proxy: RunningProxy;
  /** Lines of the log, parsed. */
  readonly log: Readonly<Record<string, unknown>>[];

  private constructor(proxy: RunningProxy, log: Readonly<Record<string, unknown>>[]) {
    this.proxy = proxy;
    this.log = log;
  }

  static async start(table: RoutingTable, options: ProxyOptions = {}): Promise<ProxyUnderTest> {
    const log: Readonly<Record<string, unknown>>[] = [];
    const logTo = { write: (line: string) => void log.push(JSON.parse(line) as Readonly<Record<string, unknown>>) };
    const proxy = await startProxy({ table, bind: '127.0.0.1', minDrainMs: 0, drainMs: 1000, logTo, ...options });
    return new ProxyUnderTest(proxy, log);
  }

  get url(): string {
    return `http://127.0.0.1:${this.proxy.dataPort}`;
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.proxy.adminPort}`;
  }

  /** Every endpoint in the table, with its signals. */
  endpoints(): readonly Endpoint[] {
    const policies = [...(this.proxy.store.current?.policies.values() ?? [])];
    return policies.flatMap(({ rules }) => rules.flatMap(({ targets }) => targets.flatMap(({ endpoints }) => endpoints)));
  }

  /** A chat call for the model `assistant` in the caller's dialect. */
  call({ dialect = 'openai-chat', stream = false, body = {}, headers = {}, signal }: CallOptions = {}): Promise<Response> {
    const anthropic = dialect === 'anthropic-messages';
    const own = anthropic ? { 'x-api-key': CALLER_KEY, 'anthropic-version': '2023-06-01' } : { authorization: `Bearer ${CALLER_KEY}` };
    const call = {
      model: 'assistant',
      stream,
      messages: [{ role: 'user', content: 'hello' }],
      ...(anthropic ? { max_tokens: 100 } : {}),
      ...body,
    };
    return fetch(`${this.url}${anthropic ? '/v1/messages' : '/v1/chat/completions'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...own, ...headers },
      body: JSON.stringify(call),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Lines of the access log, once there are `count` of them. */
  async accessLines(count: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    for (;;) {
      const lines = this.log.filter((line) => 'outcome' in line);
      if (lines.length >= count) return lines;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Resolves once no request is being answered. */
  async idle(): Promise<void> {
    while (this.proxy.inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.adminUrl}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line === name || line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}
