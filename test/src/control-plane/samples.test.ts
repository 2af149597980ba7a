import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import { describeOnCluster } from '../cluster/describe-on-cluster.ts';
import { until } from '../cluster/until.ts';

const CRDS = fileURLToPath(new URL('../../../crds', import.meta.url));
const START_MS = 20 * 60_000;

const samples = (kind: 'valid' | 'invalid') => readdirSync(join(CRDS, 'samples', kind)).map((name) => join(CRDS, 'samples', kind, name));
const expectation = (path: string) => /^# expect: (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 'a sample without an expectation';

describeOnCluster('control', 'the samples at a real API server', (test) => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster('control');
    await cluster.kubectl(['apply', '--server-side', '-f', join(CRDS, 'manifests')]);
    await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    // Discovery lags behind: the first objects may be refused for their kind.
    await until('the kinds to be served', 30_000, async () => (await cluster.tryKubectl(['get', 'headgate'])).code === 0);
  }, START_MS);

  afterAll(() => cluster?.teardown());

  test('valid samples are accepted, and read back as they were written', async () => {
    for (const path of samples('valid')) {
      const result = await cluster.tryKubectl(['apply', '--server-side', '-f', path]);
      expect({ path, ...result }).toMatchObject({ path, code: 0 });
      // An API server that drops or defaults something unexpectedly would show up as a difference now.
      const diff = await cluster.tryKubectl(['diff', '--server-side', '-f', path]);
      expect({ path, ...diff }).toMatchObject({ path, code: 0, stdout: '' });
    }
  }, 120_000);

  test('invalid samples are refused with the message they promise', async () => {
    const wrong: string[] = [];
    for (const path of samples('invalid')) {
      const result = await cluster.tryKubectl(['create', '--dry-run=server', '--validate=strict', '-f', path]);
      if (result.code === 0) wrong.push(`${path}: accepted`);
      else if (!result.stderr.includes(expectation(path))) wrong.push(`${path}: expected "${expectation(path)}", got: ${result.stderr}`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test('the kinds are found by their category, and not by "all"', async () => {
    const category = await cluster.kubectl(['get', 'headgate', '-o', 'name']);
    for (const kind of ['modelprovider', 'routepolicy', 'modelconsumer']) expect(category).toContain(`${kind}.headgate.dev/`);
    expect((await cluster.tryKubectl(['get', 'all', '-o', 'name'])).stdout).not.toContain('headgate.dev');
  });
});
