import { describe, test } from '@jest/globals';
import type { ClusterMode } from './cluster.ts';
import { clusterObstacle } from './cluster-tool.ts';

/**
 * `describe` for suites that need a real Kubernetes. Where the machine cannot run one, the suite is skipped and says so
 * loudly, with the number of tests that did not run.
 */
export function describeOnCluster(mode: ClusterMode, title: string, suite: (test: TestDeclaration) => void): void {
  const obstacle = clusterObstacle(mode);
  if (obstacle === undefined) {
    describe(title, () => suite(test));
    return;
  }
  let skipped = 0;
  describe.skip(title, () =>
    suite((name, body, timeoutMs) => {
      skipped += 1;
      test(name, body, timeoutMs);
    }),
  );
  process.stderr.write(`\n*** SKIPPED: ${skipped} tests of "${title}" did not run: ${obstacle}\n\n`);
}

export type TestDeclaration = (name: string, body: () => Promise<void>, timeoutMs?: number) => void;
