import { asCount, asObject, parseJson } from '../../wire/read-json.ts';
import type { Usage } from '../../wire/usage.ts';
import { WebSocketTexts } from '../../wire/websocket-texts.ts';

const EVENT = '"response.done"';

/** Sums what the responses of a realtime session have used, from the provider's frames as they pass by. */
export class RealtimeUsage {
  readonly #texts = new WebSocketTexts();
  #sum: Usage | undefined;

  /** Undefined while no response has told. */
  get usage(): Usage | undefined {
    return this.#sum;
  }

  push(chunk: Buffer): void {
    for (const text of this.#texts.push(chunk)) if (text.includes(EVENT)) this.#add(text);
  }

  /** https://platform.openai.com/docs/api-reference/realtime-server-events/response/done */
  #add(text: string): void {
    const event = asObject(parseJson(text));
    const told = event?.['type'] === 'response.done' ? asObject(asObject(event['response'])?.['usage']) : undefined;
    if (told === undefined) return;
    const input = asCount(told['input_tokens']) ?? 0;
    const cached = Math.min(input, asCount(asObject(told['input_token_details'])?.['cached_tokens']) ?? 0);
    const before = this.#sum;
    this.#sum = {
      inputTokens: (before?.inputTokens ?? 0) + input - cached,
      cacheReadTokens: (before?.cacheReadTokens ?? 0) + cached,
      cacheWriteTokens: 0,
      outputTokens: (before?.outputTokens ?? 0) + (asCount(told['output_tokens']) ?? 0),
      reasoningTokens: 0,
    };
  }
}
