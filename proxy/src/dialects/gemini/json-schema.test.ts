import { describe, expect, test } from '@jest/globals';
import { jsonSchemaOf } from './json-schema.ts';

describe("Google's schema to JSON Schema", () => {
  test('a schema that is JSON Schema already stays as it is', () => {
    const schema = {
      type: 'object',
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
      properties: { a: { const: 1 }, b: { oneOf: [{ type: 'string', pattern: '^x' }, { type: 'null' }] }, c: { type: ['string', 'null'] } },
      additionalProperties: false,
      propertyOrdering: ['b', 'a'],
    };
    expect(jsonSchemaOf(schema)).toEqual(schema);
  });

  test('names of properties are never taken for keywords', () => {
    const properties = {
      type: { type: 'STRING' },
      nullable: { type: 'BOOLEAN' },
      any_of: { type: 'STRING' },
      minItems: { type: 'STRING' },
    };
    expect(jsonSchemaOf({ type: 'OBJECT', properties })).toEqual({
      type: 'object',
      properties: { type: { type: 'string' }, nullable: { type: 'boolean' }, any_of: { type: 'string' }, minItems: { type: 'string' } },
    });
  });

  test.each([
    [{ type: 'STRING', nullable: true }, { type: ['string', 'null'] }],
    [{ type: 'STRING', nullable: false }, { type: 'string' }],
    [
      { type: 'STRING', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [{ anyOf: [{ type: 'STRING' }], nullable: true }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [{ any_of: [{ type: 'NUMBER' }] }, { anyOf: [{ type: 'number' }] }],
    [
      { type: 'ARRAY', items: { type: 'INTEGER' }, max_items: '3' },
      { type: 'array', items: { type: 'integer' }, maxItems: 3 },
    ],
    [{ type: 'TYPE_UNSPECIFIED', description: 'any' }, { description: 'any' }],
  ])('%j becomes %j', (schema, expected) => {
    expect(jsonSchemaOf(schema)).toEqual(expected);
  });
});
