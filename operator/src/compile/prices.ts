/** A price as manifests and the catalogue write it: USD, up to six digits and nine decimals. */
const PRICE = /^(\d{1,6})(?:\.(\d{1,9}))?$/;

/**
 * Nano-USD per token of a price in USD per million tokens: the decimal point moves three places to the right, in text,
 * so that no float arithmetic touches the value. Whole up to three decimals; finer prices give the double nearest to
 * the exact fraction (`0.0028` -> 2.8). `undefined` when the text is not a price.
 */
export function nanoUsdPerToken(usdPerMillionTokens: unknown): number | undefined {
  return shifted(usdPerMillionTokens, 3);
}

/** Nano-USD of a price in USD (nine places); always whole. `undefined` when the text is not a price. */
export function nanoUsd(usd: unknown): number | undefined {
  return shifted(usd, 9);
}

function shifted(text: unknown, places: number): number | undefined {
  const match = typeof text === 'string' ? PRICE.exec(text) : null;
  if (match === null) return undefined;
  const whole = match[1] ?? '';
  const decimals = (match[2] ?? '').padEnd(places, '0');
  return Number(`${whole}${decimals.slice(0, places)}.${decimals.slice(places)}`);
}
