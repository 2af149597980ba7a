import { crc32 } from 'node:zlib';

/** One message of `application/vnd.amazon.eventstream`: lengths, headers (strings only), payload and two checksums. */
export function eventStreamFrame(eventType: string, payload: object): Buffer {
  const headers = Buffer.concat(
    Object.entries({ ':message-type': 'event', ':event-type': eventType, ':content-type': 'application/json' }).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(value.length);
      return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
    }),
  );
  const bytes = Buffer.from(JSON.stringify({ ...payload, p: 'abcdefgh' }));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + bytes.length);
  prelude.writeUInt32BE(headers.length, 4);
  const checked = Buffer.concat([prelude, checksum(prelude), headers, bytes]);
  return Buffer.concat([checked, checksum(checked)]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
