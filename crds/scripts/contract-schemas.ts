import { readFileSync } from 'node:fs';
import type { Schema } from './schema.ts';

const FILES = ['routing-table', 'down-frame', 'up-frame'] as const;

/** The hand-written JSON Schemas of the table and the frames, by file name without ending. */
export function loadContractSchemas(): ReadonlyMap<(typeof FILES)[number], Schema> {
  return new Map(
    FILES.map((file) => [file, JSON.parse(readFileSync(new URL(`../schema/${file}.schema.json`, import.meta.url), 'utf8')) as Schema]),
  );
}
