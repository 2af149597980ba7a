import { expect, test } from '@jest/globals';
import { modelOffer } from './model-offer.ts';

test('whoever asks for many models that are not listed is told a close name for the first ones only', () => {
  const offer = modelOffer({
    declared: { exact: new Map(), patterns: [{ prefix: '', fields: {} }] },
    findCatalogued: () => undefined,
    refusesUnpriced: false,
    discovery: { listing: new Map([['model-a', { name: 'model-a' }]]), held: () => undefined },
  });
  const closest = Array.from({ length: 20 }, (_, i) => offer.discovery?.missing(`model-${i}`)?.closest);
  expect(closest).toEqual(closest.map((_, i) => (i < 16 ? 'model-a' : undefined)));
  expect([offer.discovery?.missing('model-0')?.closest, offer.discovery?.missing('model-19')?.listed]).toEqual(['model-a', 1]);
});
