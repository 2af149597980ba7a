import type { JsonObject } from '../../wire/json.ts';
import { asArray, asObject } from '../../wire/read-json.ts';
import type { Operation } from '../operation.ts';
import { textFacts } from '../side-facts.ts';
import { mediaFormat, ofOpenaiFamily } from './media-format.ts';

const hasImages = (answer: JsonObject): boolean => (asArray(answer['data']) ?? []).some((picture) => asObject(picture) !== undefined);

/** Pictures from a text. */
export const imageGenerations: Operation = {
  id: 'image-generations',
  paths: ['/v1/images/generations'],
  capability: 'Images',
  body: 'json',
  readFacts: (body) => textFacts(body, 'prompt'),
  formatFor: ofOpenaiFamily(mediaFormat('/images/generations', hasImages)),
};

/** Pictures from pictures and a text. */
export const imageEdits: Operation = {
  id: 'image-edits',
  paths: ['/v1/images/edits'],
  capability: 'Images',
  body: 'multipart',
  readFacts: (body) => textFacts(body, 'prompt'),
  formatFor: ofOpenaiFamily(mediaFormat('/images/edits', hasImages)),
};

/** Pictures like a picture. */
export const imageVariations: Operation = {
  id: 'image-variations',
  paths: ['/v1/images/variations'],
  capability: 'Images',
  body: 'multipart',
  // OpenAI's own default, and the only model that has ever done it there.
  defaultModel: 'dall-e-2',
  readFacts: (body) => textFacts(body),
  formatFor: ofOpenaiFamily(mediaFormat('/images/variations', hasImages)),
};
