import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { SignatureV4 } from '@smithy/signature-v4';
import type { Clock } from '../support/clock.ts';
import type { Authorization, Authorizer, RequestToAuthorize } from './authorizer.ts';
import type { AwsKeys } from './aws-keys.ts';
import type { Held } from './renewal.ts';

/** Keys to sign with; `discard` drops temporary ones. */
export interface AwsKeySource {
  get(): Held<AwsKeys> | Promise<Held<AwsKeys>>;
  discard(): void;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

/** sha256 of node:crypto in the form the signer wants; half the cost of its default. */
class NodeSha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a digest is made once');
  }
}

function keyOf(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret) ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength) : new Uint8Array(secret);
}

type Library = typeof import('@smithy/signature-v4');

let library: Promise<Library> | undefined;

/** 12 MB that most proxies never need, so it is loaded by the first provider that signs. */
function loadLibrary(): Promise<Library> {
  library ??= import('@smithy/signature-v4');
  return library;
}

/** AWS Signature Version 4: every request is signed anew, over its path, its body and the time. */
export class SigV4Authorizer implements Authorizer {
  readonly signsBody = true;
  readonly #keys: AwsKeySource;
  readonly #scope: SigningScope;
  readonly #clock: Clock;
  #signer: SignatureV4 | undefined;
  #signerKeys: AwsKeys | undefined;

  constructor(keys: AwsKeySource, scope: SigningScope, clock: Clock) {
    this.#keys = keys;
    this.#scope = scope;
    this.#clock = clock;
    void loadLibrary();
  }

  async authorize(request: RequestToAuthorize): Promise<Authorization> {
    const held = await this.#keys.get();
    if (held.type === 'failure') return held;
    const signer = await this.#signerFor(held.value);
    const signed = await signer.sign(toSign(request), { signingDate: new Date(this.#clock.wallMs()) });
    // The host is undici's to send.
    const { host: _host, ...headers } = signed.headers;
    return { type: 'headers', headers: Object.entries(headers).flat() };
  }

  discard(): void {
    this.#keys.discard();
  }

  async #signerFor(keys: AwsKeys): Promise<SignatureV4> {
    if (this.#signer !== undefined && this.#signerKeys === keys) return this.#signer;
    const { SignatureV4: Signer } = await loadLibrary();
    const { region, service } = this.#scope;
    this.#signer = new Signer({ credentials: keys, region, service, sha256: NodeSha256, applyChecksum: false });
    this.#signerKeys = keys;
    return this.#signer;
  }
}

function toSign({ method, host, path, body }: RequestToAuthorize): Parameters<SignatureV4['sign']>[0] {
  const [pathname = '/', search = ''] = path.split('?', 2);
  const [hostname = '', port] = host.split(/:(?=\d+$)/);
  return {
    protocol: 'https:',
    method,
    hostname,
    ...(port === undefined ? {} : { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { host },
    body,
  };
}
