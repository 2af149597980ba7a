import { inputToArguments } from './custom-tools.ts';

const [PREFIX = '', SUFFIX = ''] = inputToArguments('|').split('|');

/** Pieces of a custom call's text -> pieces of the arguments of the function that stands for it. */
export class CustomInputWriter {
  private begun = false;
  private ended = false;

  push(text: string): string {
    if (this.ended) return '';
    const escaped = JSON.stringify(text).slice(1, -1);
    const piece = this.begun ? escaped : PREFIX + escaped;
    this.begun = true;
    return piece;
  }

  /** What makes the arguments whole; '' when they are. */
  end(): string {
    if (this.ended) return '';
    this.ended = true;
    return this.begun ? SUFFIX : PREFIX + SUFFIX;
  }
}
