import type { Sampling } from '../../wire/chat-call.ts';
import type { Losses } from '../losses.ts';

/** What depends on a Claude model's generation, by its name; for other names, nothing does. */
export interface ClaudeGeneration {
  /** Since 4.6: decides itself how much to think, within an effort. */
  readonly thinksAdaptively: boolean;
  /** Since 4.7: takes no budget of thinking tokens any more, and none of temperature, top_p and top_k. */
  readonly takesEffortsOnly: boolean;
  /** Since Opus 4.1 and 4.5: takes temperature or top_p. */
  readonly takesOneSampler: boolean;
}

/** `claude-opus-4-6`, `anthropic.claude-sonnet-5-v1`; a date (`claude-sonnet-4-20250514`) is no minor version. */
export function claudeGeneration(model: string): ClaudeGeneration {
  const match = /claude-([a-z]+)-(\d{1,2})(?!\d)(?:[-.](\d{1,2})(?!\d))?/.exec(model);
  const version = match === null ? 0 : Number(match[2]) * 100 + Number(match[3] ?? 0);
  return {
    thinksAdaptively: version >= 406,
    takesEffortsOnly: version >= 407,
    takesOneSampler: version >= 405 || (match?.[1] === 'opus' && version >= 401),
  };
}

type Samplers = Pick<Sampling, 'temperature' | 'topP' | 'topK'>;

/**
 * What the model takes of these. Its defaults, a temperature and a top_p of 1, can be left out without loss.
 * @param thinks the temperature is left out in any case
 */
export function claudeSamplers(sampling: Samplers, model: string, thinks: boolean, losses: Losses): Samplers {
  const { takesEffortsOnly, takesOneSampler } = claudeGeneration(model);
  const { temperature, topP, topK } = sampling;
  if (takesEffortsOnly) {
    if (temperature !== undefined && temperature !== 1) losses.add('temperature', 'the model takes none');
    if (topP !== undefined && topP !== 1) losses.add('top_p', 'the model takes none');
    if (topK !== undefined) losses.add('top_k', 'the model takes none');
    return {};
  }
  if (thinks || !takesOneSampler || temperature === undefined || topP === undefined) return sampling;
  const { temperature: _temperature, topP: _topP, ...rest } = sampling;
  if (temperature === 1) return { ...rest, topP };
  if (topP !== 1) losses.add('top_p', 'the model takes either temperature or top_p');
  return { ...rest, temperature };
}
