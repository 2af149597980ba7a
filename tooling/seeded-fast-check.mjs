import fc from '../node_modules/fast-check/lib/fast-check.js';

// The same draws in every run: whether a change lands must not depend on luck. `make fuzz` draws others.
fc.configureGlobal({ seed: Number(process.env.HEADGATE_FUZZ_SEED ?? 1) });

export * from '../node_modules/fast-check/lib/fast-check.js';
export default fc;
