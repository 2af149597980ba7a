export * from './address-class.ts';
export * from './control-frames.ts';
export * from './routing-table.ts';
