import { describe, expect, test } from '@jest/globals';
import { closeSchema } from './closed-schema.ts';

describe('closeSchema', () => {
  test('closes every object that says nothing of other members, however deep', () => {
    const schema = {
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: ['object', 'null'], properties: {} } },
        either: { anyOf: [{ type: 'string' }, { properties: { type: { type: 'string' } } }] },
        named: { $ref: '#/$defs/named' },
      },
      $defs: { named: { type: 'object', additionalProperties: false, properties: {} } },
    };
    expect(closeSchema(schema)).toEqual({
      closed: true,
      removed: new Set(),
      schema: {
        type: 'object',
        additionalProperties: false,
        properties: {
          list: { type: 'array', items: { type: ['object', 'null'], properties: {}, additionalProperties: false } },
          either: { anyOf: [{ type: 'string' }, { properties: { type: { type: 'string' } }, additionalProperties: false }] },
          named: { $ref: '#/$defs/named' },
        },
        $defs: schema.$defs,
      },
    });
  });

  test('what is closed already stays as it is, and so does what is open on purpose', () => {
    const closed = { type: 'object', properties: { maximum: { type: 'string', enum: ['a'] } }, additionalProperties: false };
    expect(closeSchema(closed)).toEqual({ schema: closed, closed: false, removed: new Set() });
    const open = { type: 'object', additionalProperties: { type: 'string' } };
    expect(closeSchema(open)).toEqual({ schema: open, closed: false, removed: new Set() });
  });

  test('says which bounds it has taken out', () => {
    const { schema, removed } = closeSchema({
      type: 'array',
      minItems: 2,
      maxItems: 3,
      items: { type: 'integer', minimum: 0, description: 'n' },
    });
    expect(schema).toEqual({ type: 'array', items: { type: 'integer', description: 'n' } });
    expect([...removed].sort()).toEqual(['maxItems', 'minItems', 'minimum']);
    expect(closeSchema({ type: 'array', minItems: 1 }).removed.size).toBe(0);
  });
});
