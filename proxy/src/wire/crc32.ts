/** Reflected polynomial of CRC-32 as in IEEE 802.3, gzip and PNG. */
const POLYNOMIAL = 0xed_b8_83_20;

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value >>> 0;
});

/** CRC-32 of the bytes from `start` to before `end`, unsigned. Indices are within the arrays, so nothing is checked per byte. */
export function crc32(bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  let value = -1;
  for (let at = start; at < end; at++) value = (TABLE[(value ^ (bytes[at] as number)) & 0xff] as number) ^ (value >>> 8);
  return ~value >>> 0;
}
