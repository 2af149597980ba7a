export * from './control-frames.ts';
export type * from './kinds.gen.ts';
export * from './routing-table.ts';
