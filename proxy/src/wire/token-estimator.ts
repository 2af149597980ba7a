/** Tokens of one image: between Gemini's 258 and the 1,600 of a large picture at Anthropic; OpenAI's usual tile sum is 765. */
const TOKENS_PER_IMAGE = 800;
/** A PDF page is about 130 KB of base64 and 3,000 tokens. */
const BASE64_CHARACTERS_PER_FILE_TOKEN = 40;
const MIN_FILE_TOKENS = 500;
/** Speech is about 10 tokens per second, and a second of MP3 about 20 KB of base64. */
const BASE64_CHARACTERS_PER_AUDIO_TOKEN = 2000;
const TOKENS_PER_MESSAGE = 4;

/** Characters read one by one per text (a 32 KB prompt read whole would cost more than routing it); longer ones are sampled. */
const TEXT_CEILING = 2048;
/** Characters read one by one per call. */
const READ_CEILING = 64 * 1024;
const SAMPLE_WINDOWS = 16;

/** Tokens per character and class: priors in the range of today's byte-pair vocabularies, not fitted to one of them. */
const WEIGHT = {
  lower: 0.22,
  upper: 0.34,
  digit: 0.42,
  space: 0.12,
  symbol: 0.5,
  alphabetic: 0.4,
  ideographic: 0.8,
  surrogate: 1,
  other: 0.7,
};

const ASCII_WEIGHTS: Float64Array = Float64Array.from({ length: 128 }, (_, code) => {
  if (code >= 97 && code <= 122) return WEIGHT.lower;
  if (code >= 65 && code <= 90) return WEIGHT.upper;
  if (code >= 48 && code <= 57) return WEIGHT.digit;
  return code <= 32 ? WEIGHT.space : WEIGHT.symbol;
});

/**
 * Estimates the input tokens of a call from nine classes of characters. Meant for rules, context-window filters and
 * reservations: cheap, bounded (2 KiB of characters per text and 64 KiB per call are read, the rest is extrapolated), and never a tokenizer.
 */
export class TokenEstimator {
  private estimate = 0;
  private charactersRead = 0;
  private tokensRead = 0;

  addMessage(): void {
    this.estimate += TOKENS_PER_MESSAGE;
  }

  addText(text: string): void {
    const left = Math.min(TEXT_CEILING, READ_CEILING - this.charactersRead);
    if (text.length <= left) {
      this.estimate += this.read(text, 0, text.length);
    } else if (left >= SAMPLE_WINDOWS) {
      this.estimate += this.sample(text, Math.floor(left / SAMPLE_WINDOWS));
    } else {
      this.estimate += text.length * (this.tokensRead / this.charactersRead);
    }
  }

  addImage(): void {
    this.estimate += TOKENS_PER_IMAGE;
  }

  /** @param base64Length 0 when only a reference is known. */
  addFile(base64Length: number): void {
    this.estimate += Math.max(MIN_FILE_TOKENS, base64Length / BASE64_CHARACTERS_PER_FILE_TOKEN);
  }

  addAudio(base64Length: number): void {
    this.estimate += base64Length / BASE64_CHARACTERS_PER_AUDIO_TOKEN;
  }

  /** Numbers that are tokens already (embeddings accept them). */
  addTokens(count: number): void {
    this.estimate += count;
  }

  get tokens(): number {
    return Math.ceil(this.estimate);
  }

  private sample(text: string, windowLength: number): number {
    const stride = Math.floor(text.length / SAMPLE_WINDOWS);
    let tokens = 0;
    for (let window = 0; window < SAMPLE_WINDOWS; window++) {
      tokens += this.read(text, window * stride, window * stride + windowLength);
    }
    return tokens * (text.length / (SAMPLE_WINDOWS * windowLength));
  }

  private read(text: string, start: number, end: number): number {
    let tokens = 0;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      tokens += code < 128 ? (ASCII_WEIGHTS[code] ?? 0) : wideWeight(code);
    }
    this.charactersRead += end - start;
    this.tokensRead += tokens;
    return tokens;
  }
}

function wideWeight(code: number): number {
  // Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic.
  if (code < 0x0780) return WEIGHT.alphabetic;
  if (code >= 0x2e80 && code < 0xd7b0) return WEIGHT.ideographic;
  if (code >= 0xd800 && code < 0xe000) return WEIGHT.surrogate;
  if (code >= 0x2000 && code < 0x2070) return WEIGHT.symbol;
  return WEIGHT.other;
}
