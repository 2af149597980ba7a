/** One answer of a model, as every scripted provider then tells it in its own wire format. Lists are the pieces of a stream. */
export interface CanonicalAnswer {
  readonly reasoning: readonly string[];
  readonly text: readonly string[];
  readonly calls: readonly CanonicalCall[];
  readonly finish: 'stop' | 'length' | 'tool-calls';
}

export interface CanonicalCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, in pieces. */
  readonly args: readonly string[];
}

/** What every answer costs. Cached tokens are part of the input, reasoning tokens of the output. */
export const TOKENS = { input: 30, cached: 10, output: 20, reasoning: 8 } as const;

/** Signs the reasoning where a provider signs. */
export const SIGNATURE = 'c2lnbmF0dXJl';

const NOTHING: CanonicalAnswer = { reasoning: [], text: [], calls: [], finish: 'stop' };

export const TEXT: CanonicalAnswer = { ...NOTHING, text: ['Hello', ' there', ' – 你好'] };
/** Long enough to break in the middle of. */
export const LONG: CanonicalAnswer = { ...NOTHING, text: Array.from({ length: 40 }, (_, i) => `Sentence ${i}. `) };
export const TRUNCATED: CanonicalAnswer = { ...NOTHING, text: ['Once upon', ' a'], finish: 'length' };
export const REASONED: CanonicalAnswer = { ...NOTHING, reasoning: ['Let me', ' think.'], text: ['It is', ' 42.'] };
export const STRUCTURED: CanonicalAnswer = { ...NOTHING, text: ['{"city":"Oslo",', '"degrees":7}'] };
export const CALL: CanonicalAnswer = {
  ...NOTHING,
  calls: [{ id: 'call_weather_1', name: 'weather', args: ['{"city":', '"Oslo"}'] }],
  finish: 'tool-calls',
};
/** What was thought before a call has to come back with its result. */
export const REASONED_CALL: CanonicalAnswer = { ...CALL, reasoning: REASONED.reasoning };
export const TWO_CALLS: CanonicalAnswer = {
  ...CALL,
  text: ['Looking.'],
  calls: [...CALL.calls, { id: 'call_weather_2', name: 'weather', args: ['{"city":"Ber', 'gen"}'] }],
};
/** Ends in the middle of a call: what there is of its arguments must arrive, and the answer must not become an error. */
export const TRUNCATED_CALL: CanonicalAnswer = {
  ...NOTHING,
  calls: [{ id: 'call_weather_1', name: 'weather', args: ['{"city":"Os'] }],
  finish: 'length',
};
