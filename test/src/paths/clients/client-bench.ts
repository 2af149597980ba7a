import { CAPABILITIES } from '@headgate/crds';
import { expect } from '@jest/globals';
import { answer, jsonAnswer } from '../../fakes/provider-answers.ts';
import { ProxyUnderTest } from '../../fakes/proxy-under-test.ts';
import { CALLER_KEY, policyResource, providerResource, tableOf, targetOf } from '../../fakes/routing-tables.ts';
import { type Script, ScriptedUpstream, type SeenRequest } from '../../fakes/scripted-upstream.ts';
import { type CanonicalAnswer, LONG } from './canonical-answer.ts';
import type { UpstreamScripts } from './upstreams/upstream-scripts.ts';
import { type ScriptedDialectId, UPSTREAMS } from './upstreams/upstreams.ts';
import { PIXEL, QUESTION } from './weather.ts';

/** The one model can do everything that a provider of some dialect can be asked for. */
const FACTS = { name: 'upstream-model', capabilities: CAPABILITIES, maxOutputTokens: 4096 };

/** Two proxies over one scripted provider of a dialect; the model `assistant` is all there is. */
export class ClientBench {
  readonly dialect: ScriptedDialectId;
  readonly tells: UpstreamScripts['tells'];
  readonly #scripts: UpstreamScripts;
  readonly #upstream: ScriptedUpstream;
  readonly #proxies: readonly ProxyUnderTest[];
  #turn = 0;

  private constructor(dialect: ScriptedDialectId, upstream: ScriptedUpstream, proxies: readonly ProxyUnderTest[]) {
    this.dialect = dialect;
    this.#scripts = UPSTREAMS[dialect];
    this.tells = this.#scripts.tells;
    this.#upstream = upstream;
    this.#proxies = proxies;
  }

  static async start(dialect: ScriptedDialectId): Promise<ClientBench> {
    const upstream = await ScriptedUpstream.start();
    const provider = providerResource('only', [upstream.url], UPSTREAMS[dialect].provider);
    const table = tableOf(provider, policyResource('assistant', [targetOf('only', { facts: FACTS })]));
    return new ClientBench(dialect, upstream, await Promise.all([ProxyUnderTest.start(table), ProxyUnderTest.start(table)]));
  }

  /** Of one proxy after the other, so that nothing depends on what a proxy remembers of a conversation. */
  get url(): string {
    const proxy = this.#proxies[this.#turn % this.#proxies.length];
    this.#turn += 1;
    return proxy?.url ?? '';
  }

  /** Blocking answers to the coming requests. */
  answers(...answers: readonly CanonicalAnswer[]): void {
    this.#script(answers.map(this.#scripts.blocking));
  }

  /** A blocking answer to the request after those that were made. */
  answersNext(answer: CanonicalAnswer): void {
    this.#upstream.script(this.#scripts.blocking(answer));
  }

  /** Streamed answers to the coming requests. */
  streams(...answers: readonly CanonicalAnswer[]): void {
    this.#script(answers.map(this.#scripts.stream));
  }

  /** A stream whose connection ends in the middle. */
  breaks(): void {
    const script = this.#scripts.stream(LONG);
    this.#script([[...script.slice(0, Math.floor(script.length / 2)), { type: 'close' }]]);
  }

  fails(status: number, message: string): void {
    this.#script([this.#scripts.failure(status, message)]);
  }

  /** Embeddings: `openaiShaped` where the provider speaks like OpenAI, else the vector in its own shape. */
  embeds(openaiShaped: object, vector: readonly number[]): void {
    this.replies(this.#scripts.embeddings?.(vector) ?? openaiShaped);
  }

  /** An answer to a call for a completion, where that is no chat to the provider. */
  completes(answered: CanonicalAnswer, stream = false): void {
    const { completion, blocking, stream: streamed } = this.#scripts;
    this.#script([completion?.(answered, stream) ?? (stream ? streamed : blocking)(answered)]);
  }

  /** A body that is not JSON. */
  sends(contentType: string, body: string | Buffer): void {
    this.#script([answer(200, body, { 'content-type': contentType })]);
  }

  /** A body that is not a chat answer: embeddings, counts. */
  replies(body: object): void {
    this.#script([jsonAnswer(200, body)]);
  }

  /** The `n`th request that the provider got since it was last scripted, with its own key and model, never the caller's. */
  sent(n = 0): SeenRequest {
    const request = this.#upstream.requests[n];
    if (request === undefined) throw new Error(`only ${this.#upstream.requests.length} requests arrived`);
    expect(JSON.stringify(request.headers)).not.toContain(CALLER_KEY);
    expect(JSON.stringify(request.headers)).toContain('key-of-only');
    expect(Object.keys(request.headers).filter((name) => /^(?:x-stainless|openai-|x-goog-api-client)/.test(name))).toEqual([]);
    expect(request.path + request.body).toContain('upstream-model');
    return request;
  }

  /** The second request's body: with the question, the call that answered it, and so every turn between. */
  sentHistory(): string {
    const { body } = this.sent(1);
    expect(body).toContain(QUESTION);
    expect(body).toContain('Oslo');
    expect(body.split(QUESTION)).toHaveLength(2);
    return body;
  }

  /** The question and its picture have arrived, the picture untouched. */
  expectPicture(): void {
    const { body } = this.sent();
    expect(body).toContain(QUESTION);
    expect(body).toContain(PIXEL);
  }

  /** The second request has what the provider signed or encrypted in its first answer. */
  expectStateBack(): void {
    const body = this.sentHistory();
    const { state } = this.#scripts;
    if (state !== undefined) expect(body).toContain(state);
  }

  get requests(): number {
    return this.#upstream.requests.length;
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await this.#upstream.close();
  }

  #script(scripts: readonly Script[]): void {
    this.#upstream.requests.length = 0;
    this.#upstream.script(...scripts);
  }
}
