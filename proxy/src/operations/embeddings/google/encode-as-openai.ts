import type { JsonObject } from '../../../wire/json.ts';
import type { EncodedCall } from '../../operation.ts';
import type { EmbedRequest } from './embed-method.ts';

/** The settings that other vendors may have a word for, and how they are called in calls of OpenAI's shape. */
const FIELDS = { taskType: 'task_type', title: 'title', outputDimensionality: 'dimensions' } as const;

type Setting = keyof typeof FIELDS;

const SETTINGS = Object.keys(FIELDS) as readonly Setting[];

/** Google's requests as one call of OpenAI's shape, which has one set of settings for all of its texts. */
export function encodeAsOpenai(requests: readonly EmbedRequest[], model: string): EncodedCall {
  const texts = requests.flatMap(({ text }) => text ?? []);
  if (texts.length === 0 || texts.length < requests.length)
    return { type: 'refused', message: 'only contents of text can be translated for this provider', param: 'content' };
  const [first] = requests;
  const fields: Record<string, JsonObject[string]> = {};
  for (const setting of SETTINGS) {
    const value = first?.settings[setting] ?? undefined;
    if (requests.some(({ settings }) => (settings[setting] ?? undefined) !== value))
      return { type: 'refused', message: `this provider takes one ${setting} for all contents of a call`, param: setting };
    if (value !== undefined) fields[FIELDS[setting]] = value;
  }
  const others = new Set(requests.flatMap(({ settings }) => Object.keys(settings).filter((name) => !Object.hasOwn(FIELDS, name))));
  const losses = [...others].map((field) => ({ field, reason: 'known to Google only' }));
  return { type: 'ok', losses, body: { model, input: texts, encoding_format: 'float', ...fields } };
}
