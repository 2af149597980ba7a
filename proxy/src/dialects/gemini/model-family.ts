/** What depends on a model's generation, by its name; names without a number (`gemini-flash-latest`) count as current. */
export interface ModelFamily {
  /** Takes `thinkingLevel`; Gemini 2.5 takes budgets only. */
  readonly takesLevels: boolean;
  /** Refuses calls of the current turn without a thought signature. */
  readonly demandsSignatures: boolean;
  /** Function responses may hold images, and tools go together with JSON answers. */
  readonly mixesFreely: boolean;
  readonly isPro: boolean;
  /** Up to Gemini 2.0. */
  readonly takesPenalties: boolean;
}

const FIRST_WITH_LEVELS = 3;
/** 2.0, in tenths. */
const LAST_WITH_PENALTIES = 20;

/** The major version in `gemini-3.1-pro-preview`, `models/gemini-2.5-flash`, `google/gemini-3-flash`. */
export function modelFamily(model: string): ModelFamily {
  const match = /gemini-(\d+)(?:\.(\d+))?/.exec(model);
  const major = match === null ? undefined : Number(match[1]);
  return {
    takesLevels: major !== undefined && major >= FIRST_WITH_LEVELS,
    demandsSignatures: major !== undefined && major >= FIRST_WITH_LEVELS,
    mixesFreely: major === undefined || major >= FIRST_WITH_LEVELS,
    takesPenalties: major !== undefined && major * 10 + Number(match?.[2] ?? 0) <= LAST_WITH_PENALTIES,
    isPro: /-pro\b/.test(model),
  };
}
