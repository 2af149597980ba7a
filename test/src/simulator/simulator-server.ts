import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { composeAnswer } from './answer.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import type { Behaviour } from './behaviour.ts';
import { BehaviourBook } from './behaviour-book.ts';
import type { Conversation } from './conversation.ts';
import { readBody, sendHalfJson, sendJson, streamSink } from './http-exchange.ts';
import { type JsonObject, parseJsonObject, stringOf } from './json.ts';
import { openaiChat } from './openai-chat.ts';
import { answerEmbeddings } from './openai-embeddings.ts';
import { paceStream } from './pace-stream.ts';
import { keyFingerprint, RequestLog } from './request-log.ts';
import { answerControl } from './simulator-control.ts';
import type { AnswerFacts, WireDialect } from './wire-dialect.ts';

export interface SimulatorOptions {
  readonly defaults: Behaviour;
  readonly models: readonly string[];
  readonly nowMs: () => number;
}

/** Everything that can refuse a call before it is answered. */
type Admission =
  | { readonly type: 'admitted'; readonly body: JsonObject; readonly behaviour: Behaviour }
  | { readonly type: 'refused'; readonly status: number; readonly message: string };

/** One call on its way through the simulator. */
interface Call {
  readonly path: string;
  readonly dialect: WireDialect;
  readonly body: JsonObject;
  readonly behaviour: Behaviour;
  readonly response: ServerResponse;
}

/**
 * A provider that needs no key and no network: OpenAI's chat completions, embeddings and models, Anthropic's messages,
 * answered deterministically, token by token, and as sick as its script says. Not listening yet.
 */
export function createSimulator(options: SimulatorOptions): Server {
  const simulator = new Simulator(options);
  return createServer((request, response) => {
    simulator.serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
}

class Simulator {
  readonly #options: SimulatorOptions;
  readonly #book: BehaviourBook;
  readonly #log = new RequestLog();
  #answers = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#book = new BehaviourBook(options.defaults);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const method = request.method ?? 'GET';
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
    const text = await readBody(request);
    const dialect = dialectOf(path);
    if (text === undefined) return sendJson(response, 413, dialect.errorBody(413, 'the request is larger than 64 MiB'));
    if (path.startsWith('/_simulator/')) {
      const answer = answerControl(method, path, text, { book: this.#book, log: this.#log });
      return sendJson(response, answer.status, answer.body);
    }
    if (method === 'GET' && path === '/v1/models') return sendJson(response, 200, listModels(this.#options.models));
    if (method !== 'POST') return sendJson(response, 404, dialect.errorBody(404, `no ${method} ${path} here`));
    const admission = this.#admit(path, request, text);
    if (admission.type === 'refused') return sendJson(response, admission.status, dialect.errorBody(admission.status, admission.message));
    await this.#answer({ path, dialect, body: admission.body, behaviour: admission.behaviour, response });
  }

  #admit(path: string, request: IncomingMessage, text: string): Admission {
    const body = parseJsonObject(text);
    const model = stringOf(body?.['model']) ?? '';
    const key = keyOf(request);
    this.#log.add({ path, model, keyFingerprint: keyFingerprint(key), atMs: this.#options.nowMs() });
    if (body === undefined) return { type: 'refused', status: 400, message: 'the body is not a JSON object' };
    if (!this.#book.admitsKey(key)) return { type: 'refused', status: 401, message: 'incorrect API key provided' };
    const header = request.headers['x-simulator'];
    const parsed = this.#book.behaviourFor({ model, ...(typeof header === 'string' ? { header } : {}) });
    if (parsed.type === 'invalid') return { type: 'refused', status: 400, message: parsed.message };
    return { type: 'admitted', body, behaviour: parsed.behaviour };
  }

  async #answer(call: Call): Promise<void> {
    const { path, dialect, body, behaviour, response } = call;
    await streamSink(response).pause(behaviour.firstTokenMs);
    if (response.destroyed || faultBeforeHead(call)) return;
    if (path === '/v1/embeddings') {
      const answer = answerEmbeddings(body);
      return answer.type === 'answer'
        ? sendJson(response, 200, answer.body)
        : sendJson(response, 400, dialect.errorBody(400, answer.message));
    }
    if (!CONVERSATION_PATHS.includes(path)) return sendJson(response, 404, dialect.errorBody(404, `no POST ${path} here`));
    const counting = path.endsWith('/count_tokens');
    const read = dialect.read(counting ? { max_tokens: 1, ...body } : body);
    if (read.type === 'invalid') return sendJson(response, 400, dialect.errorBody(400, read.message));
    if (counting) return sendJson(response, 200, { input_tokens: read.conversation.promptTokens });
    await answerConversation(call, read.conversation, this.#factsFor(dialect, read.conversation));
  }

  #factsFor(dialect: WireDialect, conversation: Conversation): AnswerFacts {
    this.#answers += 1;
    const number = String(this.#answers).padStart(8, '0');
    return {
      id: dialect === openaiChat ? `chatcmpl-${number}` : `msg_${number}`,
      model: conversation.model,
      createdSeconds: Math.floor(this.#options.nowMs() / 1000),
      streamUsage: conversation.streamUsage,
    };
  }
}

const CONVERSATION_PATHS: readonly string[] = ['/v1/chat/completions', '/v1/messages', '/v1/messages/count_tokens'];

function dialectOf(path: string): WireDialect {
  return path.startsWith('/v1/messages') ? anthropicMessages : openaiChat;
}

/** Acts out a fault that comes before any byte of the answer; true when there will be no answer. */
function faultBeforeHead({ behaviour, dialect, response }: Call): boolean {
  if (behaviour.status !== undefined) {
    const headers = behaviour.retryAfterSeconds === undefined ? {} : { 'retry-after': String(behaviour.retryAfterSeconds) };
    sendJson(response, behaviour.status, dialect.errorBody(behaviour.status, `simulated failure ${behaviour.status}`), headers);
    return true;
  }
  if (behaviour.cutAfterTokens === 0) response.destroy();
  return behaviour.cutAfterTokens === 0 || behaviour.stallAfterTokens === 0;
}

async function answerConversation(call: Call, conversation: Conversation, facts: AnswerFacts): Promise<void> {
  const { dialect, behaviour, response } = call;
  const answer = composeAnswer(conversation, behaviour);
  if (conversation.stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    return paceStream(dialect.stream(answer, facts), dialect.errorFrame('simulated failure'), behaviour, streamSink(response));
  }
  await streamSink(response).pause(behaviour.tokenMs * answer.tokens.length);
  if (behaviour.stallAfterTokens !== undefined || response.destroyed) return;
  if (behaviour.errorAfterTokens !== undefined) return sendJson(response, 500, dialect.errorBody(500, 'simulated failure'));
  const body = dialect.blocking(answer, facts);
  if (behaviour.cutAfterTokens !== undefined || behaviour.endAfterTokens !== undefined) return sendHalfJson(response, body);
  sendJson(response, 200, body);
}

function listModels(models: readonly string[]): JsonObject {
  return { object: 'list', data: models.map((id) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'simulator' })) };
}

function keyOf(request: IncomingMessage): string {
  const key = request.headers['x-api-key'];
  return typeof key === 'string' ? key : (request.headers.authorization ?? '').replace(/^Bearer /, '');
}
