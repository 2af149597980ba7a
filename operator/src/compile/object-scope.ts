import type { World } from '../collect/world.ts';
import type { Findings } from './findings.ts';

/** What every step in the compilation of one object needs: what it may look at, where it is, whom to tell. */
export interface ObjectScope {
  readonly world: World;
  readonly namespace: string;
  readonly findings: Findings;
}
