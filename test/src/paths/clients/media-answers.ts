import type { UpstreamDialectId } from '@headgate/crds';
import { allBut } from './all-but.ts';

/** Pictures and sound are in OpenAI's shape, which only its family speaks. */
export const NO_MEDIA: readonly UpstreamDialectId[] = allBut('openai-chat', 'openai-responses');
/** The first bytes of a PNG. */
export const PICTURE = 'iVBORw0KGgo=';
export const SOUND: Buffer = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 256));
