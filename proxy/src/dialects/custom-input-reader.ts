import { parseJson } from '../wire/read-json.ts';
import { argumentsToInput } from './custom-tools.ts';

const PREFIX = /^\s*\{\s*"input"\s*:\s*"/;
const HALF_AT_END = /[\ud800-\udbff]$/;
/** Longer than any spacing of the prefix: what has not matched by then never will. */
const PREFIX_LENGTH = 64;

/**
 * Pieces of a function's arguments -> pieces of the text that they hold, as they come. Arguments of another form are
 * told at the end, whole.
 */
export class CustomInputReader {
  private state: 'before' | 'within' | 'behind' | 'other' = 'before';
  private held = '';
  private told = false;
  /** First half of a character whose second half has not come. */
  private half = '';

  push(argumentsJson: string): string {
    if (this.state === 'behind') return '';
    this.held += argumentsJson;
    if (this.state === 'before') this.enter();
    if (this.state !== 'within') return '';
    const text = this.whole(this.half + this.take());
    this.told ||= text !== '';
    return text;
  }

  /** What is still to be told when the arguments are whole, or were cut off. */
  end(): string {
    if (this.told || this.state === 'within' || this.state === 'behind') return this.half;
    return argumentsToInput(this.held);
  }

  private whole(text: string): string {
    const isCut = HALF_AT_END.test(text);
    this.half = isCut ? text.slice(-1) : '';
    return isCut ? text.slice(0, -1) : text;
  }

  private enter(): void {
    const [prefix] = PREFIX.exec(this.held) ?? [];
    if (prefix !== undefined) {
      this.held = this.held.slice(prefix.length);
      this.state = 'within';
    } else if (this.held.length > PREFIX_LENGTH) {
      this.state = 'other';
    }
  }

  /** Everything up to the closing quote, or up to an escape that has not come whole. */
  private take(): string {
    let end = 0;
    while (end < this.held.length && this.held[end] !== '"') {
      const length = this.held[end] === '\\' ? (this.held[end + 1] === 'u' ? 6 : 2) : 1;
      if (end + length > this.held.length) break;
      end += length;
    }
    const raw = this.held.slice(0, end);
    const text = parseJson(`"${raw.replace(CONTROL, escaped)}"`);
    if (this.held[end] === '"') this.state = 'behind';
    this.held = this.held.slice(end);
    return typeof text === 'string' ? text : raw;
  }
}

/** Some models write line ends as they are into JSON. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f]/g;

function escaped(control: string): string {
  return JSON.stringify(control).slice(1, -1);
}
