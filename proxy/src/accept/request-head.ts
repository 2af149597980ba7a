import type { DialectId } from '@headgate/crds';

/** What the proxy reads from a request's headers, gathered in one pass over the raw pairs. */
export interface RequestHead {
  readonly hosts: number;
  readonly host: string | undefined;
  /** -1 = not sent. */
  readonly contentLength: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** Every `transfer-encoding` value, joined by `,`. */
  readonly transferEncoding: string | undefined;
  readonly expect: string | undefined;
  readonly upgrade: boolean;
  /** The caller's key, from `authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`, in this order. */
  readonly apiKey: string | undefined;
  /** Told by `anthropic-version` or `x-goog-api-key`; OpenAI's clients announce nothing. */
  readonly dialect: DialectId;
  readonly requestId: string | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const BEARER = /^bearer +(\S.*)$/i;
/** Lengths of the names read below: most other headers cost one look-up. */
const LENGTHS_READ = new Set([4, 6, 7, 9, 12, 13, 14, 16, 17]);

/** Reads `rawHeaders` ([name, value, ...] as node:http gives them) without building an object of all headers. */
export function readRequestHead(rawHeaders: readonly string[]): RequestHead {
  const head: Mutable<RequestHead> = {
    hosts: 0,
    host: undefined,
    contentLength: -1,
    contentType: undefined,
    contentEncoding: undefined,
    transferEncoding: undefined,
    expect: undefined,
    upgrade: false,
    apiKey: undefined,
    dialect: 'openai-chat',
    requestId: undefined,
  };
  let bearer: string | undefined;
  let anthropicKey: string | undefined;
  let azureKey: string | undefined;
  let googleKey: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!LENGTHS_READ.has(name.length)) continue;
    const value = rawHeaders[i + 1] ?? '';
    switch (name.toLowerCase()) {
      case 'host':
        head.hosts += 1;
        head.host = value;
        break;
      case 'expect':
        head.expect = value;
        break;
      case 'api-key':
        azureKey = value;
        break;
      case 'upgrade':
        head.upgrade = true;
        break;
      case 'x-api-key':
        anthropicKey = value;
        break;
      case 'x-request-id':
        head.requestId = value;
        break;
      case 'content-type':
        head.contentType = value;
        break;
      case 'authorization':
        bearer = BEARER.exec(value)?.[1];
        break;
      case 'content-length':
        head.contentLength = Number(value);
        break;
      case 'x-goog-api-key':
        googleKey = value;
        head.dialect = 'gemini';
        break;
      case 'content-encoding':
        head.contentEncoding = value;
        break;
      case 'transfer-encoding':
        head.transferEncoding = head.transferEncoding === undefined ? value : `${head.transferEncoding},${value}`;
        break;
      case 'anthropic-version':
        head.dialect = 'anthropic-messages';
        break;
    }
  }
  head.apiKey = nonEmpty(bearer) ?? nonEmpty(anthropicKey) ?? nonEmpty(azureKey) ?? nonEmpty(googleKey);
  return head;
}

function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
