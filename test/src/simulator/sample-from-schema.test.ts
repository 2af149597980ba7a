import { expect, test } from '@jest/globals';
import { sampleFromSchema } from './sample-from-schema.ts';

test('every listed property is present and of its type', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      unit: { enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer', minimum: 3 },
      tags: { type: 'array', items: { type: 'string', maxLength: 2 } },
      place: { $ref: '#/$defs/place' },
      maybe: { anyOf: [{ type: 'null' }, { type: 'string' }] },
    },
    $defs: { place: { properties: { inside: { type: 'boolean' } } } },
  };
  expect(sampleFromSchema(schema, 'Rome')).toEqual({
    city: 'Rome',
    unit: 'celsius',
    days: 3,
    tags: ['Ro'],
    place: { inside: true },
    maybe: null,
  });
});

test('a schema that refers to itself ends', () => {
  expect(JSON.stringify(sampleFromSchema({ properties: { next: { $ref: '#' } } }, 'x'))).toContain('null');
});
