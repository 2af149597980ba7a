export * from './address-class.ts';
export * from './canonical-json.ts';
export * from './compatibility.ts';
export * from './conditions.ts';
export * from './control-frames.ts';
export type * from './kinds.gen.ts';
export * from './routing-table.ts';
export * from './table-hash.ts';
