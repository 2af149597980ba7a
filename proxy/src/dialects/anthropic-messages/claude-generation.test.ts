import { describe, expect, test } from '@jest/globals';
import { Losses } from '../losses.ts';
import { claudeGeneration, claudeSamplers } from './claude-generation.ts';

describe('generations of Claude', () => {
  test.each([
    ['claude-sonnet-4-20250514', { thinksAdaptively: false, takesEffortsOnly: false, takesOneSampler: false }],
    ['claude-3-7-sonnet-latest', { thinksAdaptively: false, takesEffortsOnly: false, takesOneSampler: false }],
    ['claude-opus-4-1-20250805', { thinksAdaptively: false, takesEffortsOnly: false, takesOneSampler: true }],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', { thinksAdaptively: false, takesEffortsOnly: false, takesOneSampler: true }],
    ['claude-sonnet-4-6', { thinksAdaptively: true, takesEffortsOnly: false, takesOneSampler: true }],
    ['anthropic/claude-opus-4.7', { thinksAdaptively: true, takesEffortsOnly: true, takesOneSampler: true }],
    ['claude-sonnet-5', { thinksAdaptively: true, takesEffortsOnly: true, takesOneSampler: true }],
    ['my-deployment', { thinksAdaptively: false, takesEffortsOnly: false, takesOneSampler: false }],
  ])('%s', (model, generation) => {
    expect(claudeGeneration(model)).toEqual(generation);
  });
});

describe('samplers', () => {
  const taken = (sampling: Parameters<typeof claudeSamplers>[0], model: string, thinks = false): [object, string[]] => {
    const losses = new Losses();
    return [claudeSamplers(sampling, model, thinks, losses), losses.list.map(({ field }) => field)];
  };

  test('of temperature and top_p the one that says something stays, else the temperature', () => {
    expect(taken({ temperature: 0.2, topP: 0.9, topK: 5 }, 'claude-sonnet-4-5')).toEqual([{ temperature: 0.2, topK: 5 }, ['top_p']]);
    expect(taken({ temperature: 1, topP: 0.9 }, 'claude-sonnet-4-5')).toEqual([{ topP: 0.9 }, []]);
    expect(taken({ temperature: 0.2, topP: 1 }, 'claude-sonnet-4-5')).toEqual([{ temperature: 0.2 }, []]);
    expect(taken({ temperature: 0.2, topP: 0.9 }, 'claude-sonnet-4-0')).toEqual([{ temperature: 0.2, topP: 0.9 }, []]);
  });

  test('models that take efforts only get none, and defaults are no loss', () => {
    expect(taken({ temperature: 0, topP: 0.9, topK: 5 }, 'claude-opus-4-8')).toEqual([{}, ['temperature', 'top_p', 'top_k']]);
    expect(taken({ temperature: 1, topP: 1 }, 'claude-opus-4-8', true)).toEqual([{}, []]);
  });
});
