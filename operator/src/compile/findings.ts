import type { Verdict } from './compilation.ts';

/** Why references do not resolve; see docs/conditions.md. */
export type UnresolvedReason =
  | 'SecretNotFound'
  | 'SecretKeyMissing'
  | 'RefNotPermitted'
  | 'CABundleInvalid'
  | 'ServiceNotFound'
  | 'ServicePortMissing'
  | 'NoReadyEndpoints'
  | 'ProviderNotFound'
  | 'ModelNotFound';

const MAX_MESSAGES = 8;
const MAX_MESSAGE_LENGTH = 2048;

/**
 * Collects what the compiler has to say about one object and turns it into the verdicts Accepted and ResolvedRefs.
 * Messages say what, where and what to do; they must never hold the content of a Secret.
 */
export class Findings {
  readonly #invalid: string[] = [];
  readonly #unsupported: string[] = [];
  readonly #partial: string[] = [];
  readonly #notes: string[] = [];
  readonly #unresolved: { readonly reason: UnresolvedReason; readonly message: string }[] = [];

  /** The object as a whole cannot be used. */
  invalid(message: string): void {
    this.#invalid.push(message);
  }

  /** The object asks for something this build cannot do. */
  unsupported(message: string): void {
    this.#unsupported.push(message);
  }

  /** A part is left out or replaced by its default; the rest is used. */
  partial(message: string): void {
    this.#partial.push(message);
  }

  /** Nothing is wrong, but the reader should know. */
  note(message: string): void {
    this.#notes.push(message);
  }

  /** A reference leads nowhere; what depends on it is left out. */
  unresolved(reason: UnresolvedReason, message: string): void {
    this.#unresolved.push({ reason, message });
  }

  get usable(): boolean {
    return this.#invalid.length === 0 && this.#unsupported.length === 0;
  }

  accepted(): Verdict {
    const broken = [...this.#invalid, ...this.#unsupported];
    if (broken.length > 0) {
      return { status: 'False', reason: this.#invalid.length > 0 ? 'Invalid' : 'UnsupportedValue', message: joined(broken) };
    }
    if (this.#partial.length > 0) return { status: 'True', reason: 'PartiallyValid', message: joined([...this.#partial, ...this.#notes]) };
    return { status: 'True', reason: 'Accepted', message: this.#notes.length > 0 ? joined(this.#notes) : 'The object is valid' };
  }

  resolvedRefs(): Verdict {
    const [first] = this.#unresolved;
    if (first === undefined) return { status: 'True', reason: 'ResolvedRefs', message: 'All references resolve' };
    return { status: 'False', reason: first.reason, message: joined(this.#unresolved.map((finding) => finding.message)) };
  }
}

/** Text of an object for use in a message: in back quotes, short, without control characters. */
export function quoted(text: unknown): string {
  if (typeof text !== 'string') return '`?`';
  const short = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `\`${[...short].map((char) => (char < ' ' || char === '\u007f' || char === '`' ? '?' : char)).join('')}\``;
}

function joined(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  const shown = distinct.slice(0, MAX_MESSAGES);
  const more = distinct.length > shown.length ? [`and ${distinct.length - shown.length} more`] : [];
  const text = [...shown, ...more].join('; ');
  return text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH - 3)}...` : text;
}
