import type { Json } from '../../wire/json.ts';

/** Numbers as base64 of little-endian 32-bit floats: what OpenAI's SDKs ask for unless told otherwise. */
export function packFloats(numbers: readonly Json[]): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i];
    view.setFloat32(i * 4, typeof value === 'number' ? value : 0, true);
  }
  return Buffer.from(view.buffer).toString('base64');
}

/** The numbers of a text made by `packFloats`. */
export function unpackFloats(base64: string): readonly number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readFloatLE(i * 4));
}
