import { decodeUsage } from '../../dialects/openai-chat/usage.ts';
import type { JsonObject } from '../../wire/json.ts';
import { openaiShapedPath } from '../openai-shaped-path.ts';
import type { OperationFormat, ProviderShape, SideAnswer } from '../operation.ts';

/**
 * OpenAI's shape for an operation whose answer is passed on as it is: JSON whole, once it is known to be an answer;
 * anything else (sound, subtitles, events) as it arrives.
 * @param path below the base path
 * @param isAnswer whether a JSON body holds what was asked for
 */
export function mediaFormat(path: string, isAnswer: (answer: JsonObject) => boolean): OperationFormat {
  return {
    path: (provider, model) => openaiShapedPath(provider, path, model),
    decodeAnswer: (answer): SideAnswer =>
      isAnswer(answer)
        ? { type: 'answer', usage: decodeUsage(answer['usage']) }
        : { type: 'invalid', message: 'the answer holds nothing of what was asked for' },
    passesMedia: true,
  };
}

/** Only vendors of OpenAI's family offer these in OpenAI's shape. */
export function ofOpenaiFamily(format: OperationFormat): (provider: ProviderShape) => OperationFormat | undefined {
  return ({ dialect }) => (dialect === 'openai-chat' || dialect === 'openai-responses' ? format : undefined);
}
