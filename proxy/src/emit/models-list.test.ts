import { expect, test } from '@jest/globals';
import type { ListedModel } from '../snapshot/list-models.ts';
import type { Policy } from '../snapshot/snapshot.ts';
import { describeModels } from './models-list.ts';

const policy = { id: 'team/p', resource: { namespace: 'team' } } as Policy;
const MODELS: readonly ListedModel[] = ['a', 'b'].map((name) => ({ name, policy, createdSeconds: 1_700_000_000 }));

test("the list of models has the shape of the caller's dialect", () => {
  expect(describeModels(MODELS, undefined, 'gemini')).toMatchObject({ document: { models: [{ name: 'models/a' }, { name: 'models/b' }] } });
  expect(describeModels(MODELS, undefined, 'openai-chat')).toEqual({
    type: 'document',
    document: { object: 'list', data: MODELS.map(({ name }) => ({ id: name, object: 'model', created: 1_700_000_000, owned_by: 'team' })) },
  });
  expect(describeModels(MODELS, undefined, 'anthropic-messages')).toMatchObject({
    document: {
      has_more: false,
      first_id: 'a',
      last_id: 'b',
      data: [{ type: 'model', id: 'a', created_at: '2023-11-14T22:13:20.000Z' }, { id: 'b' }],
    },
  });
  expect(describeModels([], undefined, 'anthropic-messages')).toMatchObject({ document: { data: [], first_id: null, last_id: null } });
});

test('one model, or 404', () => {
  expect(describeModels(MODELS, 'b', 'openai-chat')).toMatchObject({ document: { id: 'b' } });
  expect(describeModels(MODELS, 'c', 'openai-chat')).toMatchObject({ type: 'refused', error: { status: 404, param: 'model' } });
});
