import type { JsonObject } from '../../wire/json.ts';
import type { Operation } from '../operation.ts';
import { textFacts } from '../side-facts.ts';
import { mediaFormat, ofOpenaiFamily } from './media-format.ts';

/** An empty text is an answer too: nobody spoke. */
const hasText = (answer: JsonObject): boolean => typeof answer['text'] === 'string';
/** Sound does not come as JSON: what does is an error. */
const never = (): boolean => false;

/** Speech from a text; the sound is passed on as it arrives. */
export const speech: Operation = {
  id: 'speech',
  paths: ['/v1/audio/speech'],
  capability: 'Speech',
  body: 'json',
  readFacts: (body) => textFacts(body, 'input', 'instructions'),
  formatFor: ofOpenaiFamily(mediaFormat('/audio/speech', never)),
};

/** The words of a recording. */
export const transcriptions: Operation = {
  id: 'transcriptions',
  paths: ['/v1/audio/transcriptions'],
  capability: 'Transcription',
  body: 'multipart',
  readFacts: (body) => textFacts(body, 'prompt'),
  formatFor: ofOpenaiFamily(mediaFormat('/audio/transcriptions', hasText)),
};

/** The words of a recording, in English. */
export const translations: Operation = {
  id: 'translations',
  paths: ['/v1/audio/translations'],
  capability: 'Transcription',
  body: 'multipart',
  readFacts: (body) => textFacts(body, 'prompt'),
  formatFor: ofOpenaiFamily(mediaFormat('/audio/translations', hasText)),
};
