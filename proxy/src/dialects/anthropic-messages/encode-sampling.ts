import type { ChatCall } from '../../wire/chat-call.ts';
import type { Json } from '../../wire/json.ts';
import type { Losses } from '../losses.ts';
import { claudeSamplers } from './claude-generation.ts';

/** Temperature, top_p and top_k, within what Anthropic allows next to thinking. */
export function encodeSampling(call: ChatCall, model: string, thinks: boolean, losses: Losses): Record<string, Json | undefined> {
  const { frequencyPenalty, presencePenalty, seed, n } = call.sampling;
  if (frequencyPenalty !== undefined && frequencyPenalty !== 0) losses.add('frequency_penalty', 'Anthropic has no counterpart');
  if (presencePenalty !== undefined && presencePenalty !== 0) losses.add('presence_penalty', 'Anthropic has no counterpart');
  if (seed !== undefined) losses.add('seed', 'Anthropic has no counterpart');
  if (n !== undefined && n !== 1) losses.add('n', 'Anthropic gives one answer');
  // Anthropic's own callers have chosen for the model.
  const { temperature, topP, topK } =
    call.dialect === 'anthropic-messages' ? call.sampling : claudeSamplers(call.sampling, model, thinks, losses);
  if (thinks) return { temperature: oneOnly(temperature, losses), top_p: nearOne(topP, losses), top_k: absent(topK, losses) };
  if (temperature !== undefined && temperature > 1) losses.add('temperature', 'clamped to 1, the highest that Anthropic takes');
  return { temperature: temperature === undefined ? undefined : Math.min(temperature, 1), top_p: topP, top_k: topK };
}

/** With thinking the temperature must be 1, which is also the default. */
function oneOnly(temperature: number | undefined, losses: Losses): undefined {
  if (temperature !== undefined && temperature !== 1) losses.add('temperature', 'Anthropic takes only 1 while the model thinks');
  return undefined;
}

function nearOne(topP: number | undefined, losses: Losses): number | undefined {
  if (topP === undefined || topP >= 0.95) return topP;
  losses.add('top_p', 'Anthropic takes only 0.95 to 1 while the model thinks');
  return undefined;
}

function absent(topK: number | undefined, losses: Losses): undefined {
  if (topK !== undefined) losses.add('top_k', 'Anthropic takes none while the model thinks');
  return undefined;
}
