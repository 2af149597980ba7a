/** One member of a tar archive. Paths are relative, `/`-separated, without a leading `./`. */
export type TarEntry =
  | { readonly type: 'file'; readonly path: string; readonly body: Uint8Array; readonly mode?: number }
  | { readonly type: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string };

const BLOCK = 512;
const TYPE_FLAGS = { file: '0', symlink: '2', directory: '5' } as const;
const DEFAULT_MODES = { file: 0o644, symlink: 0o777, directory: 0o755 } as const;

/**
 * A ustar archive (POSIX.1-1988) of the entries in the order given, owned by root, with time 0: the same entries always
 * give the same bytes. Paths must fit into 100 bytes.
 */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    blocks.push(header(entry));
    if (entry.type !== 'file') continue;
    blocks.push(entry.body, Buffer.alloc((BLOCK - (entry.body.length % BLOCK)) % BLOCK));
  }
  blocks.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(blocks);
}

function header(entry: TarEntry): Buffer {
  const path = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  const target = entry.type === 'symlink' ? entry.target : '';
  if (Buffer.byteLength(path) > 100 || Buffer.byteLength(target) > 100) throw new Error(`too long for a tar header: ${path} ${target}`);
  const block = Buffer.alloc(BLOCK);
  const mode = entry.type === 'symlink' ? DEFAULT_MODES.symlink : (entry.mode ?? DEFAULT_MODES[entry.type]);
  block.write(path, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(entry.type === 'file' ? entry.body.length : 0, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(' '.repeat(8), 148);
  block.write(TYPE_FLAGS[entry.type], 156);
  block.write(target, 157);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
