import type { Strategy } from './strategy.ts';

/** The order in which the policy lists its targets. */
export const priority: Strategy = {
  type: 'Priority',
  rank: (targets) => targets,
};
