import { z } from 'zod';

/** What every conversation begins with. */
export const QUESTION = 'How is it outside?';

/** The one function of these tests. */
export const WEATHER = 'weather';
export const WEATHER_DESCRIPTION = 'The weather of a city';
export const WEATHER_SCHEMA: { type: 'object'; properties: object; required: string[]; additionalProperties: false } = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Name of the city' } },
  required: ['city'],
  additionalProperties: false,
};
/** As OpenAI's runner wants it typed. */
export const WEATHER_JSON_SCHEMA: { type: 'object'; properties: { city: { type: 'string' } }; required: string[] } = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};
export const WEATHER_INPUT: z.ZodObject<{ city: z.ZodString }> = z.object({ city: z.string() });
export const WEATHER_RESULT = '7 degrees and rain';

/** Shape of the structured answer. */
export const REPORT: z.ZodObject<{ city: z.ZodString; degrees: z.ZodNumber }> = z.object({ city: z.string(), degrees: z.number() });
export const REPORT_VALUE = { city: 'Oslo', degrees: 7 } as const;

/** A PNG of one pixel, in base64. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
