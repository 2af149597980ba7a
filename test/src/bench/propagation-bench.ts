import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Agent, request } from 'undici';
import { clusterObstacle } from '../cluster/cluster-tool.ts';
import { until } from '../cluster/until.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { policyManifest, providerManifests } from '../control-plane/manifests.ts';
import { quantile, round3 } from './figures.ts';

export interface PropagationFigures {
  readonly policies: number;
  readonly proxies: number;
  readonly edits: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** TEST-NET-1: no request is sent, only configuration. */
const NOBODY = '192.0.2.1';
const PROVIDER_PORT = 80;
const APPLY_BATCH = 250;
const SETTLE_MS = 60_000;
const EDIT_MS = 10_000;

interface Convergence {
  readonly count: number;
  readonly sumMs: number;
}

/**
 * Real API server, operator and proxies on this machine. One policy is edited at a time; the operator measures from the
 * API event to the last of the acknowledgements (`headgate_config_convergence_seconds`), and its sum is read after each edit.
 */
export async function measurePropagation(size: {
  readonly policies: number;
  readonly proxies: number;
  readonly edits: number;
}): Promise<PropagationFigures | { readonly skipped: string }> {
  const reason = clusterObstacle('control');
  if (reason !== undefined) return { skipped: reason };
  const plane = await startControlPlane(size.proxies);
  try {
    await applyPolicies(plane, size.policies);
    const admin = adminAgent(plane);
    const samples: number[] = [];
    for (let edit = 0; edit < size.edits; edit += 1) samples.push(await timeOneEdit(plane, admin, edit));
    await admin.close();
    return { ...size, p50Ms: round3(quantile(samples, 0.5)), p99Ms: round3(quantile(samples, 0.99)) };
  } finally {
    await plane.teardown();
  }
}

async function applyPolicies(plane: ControlPlane, policies: number): Promise<void> {
  await plane.apply(providerManifests({ name: 'provider', address: NOBODY, port: PROVIDER_PORT }));
  const manifests = Array.from({ length: policies }, (_, index) => policyManifest(`policy-${index}`, ['provider']));
  for (let from = 0; from < policies; from += APPLY_BATCH) await plane.apply(manifests.slice(from, from + APPLY_BATCH).join('\n---\n'));
  await plane.condition('routepolicy', `policy-${policies - 1}`, 'Programmed', 'True', SETTLE_MS);
}

/** Edits go straight to the API server: a kubectl process per edit would compete with what is measured. */
function adminAgent(plane: ControlPlane): Agent {
  const folder = join(dirname(plane.cluster.kubeconfigPath), 'pki');
  const cert = readFileSync(join(folder, 'admin.crt'));
  const key = readFileSync(join(folder, 'admin.key'));
  return new Agent({ connect: { ca: plane.cluster.caPem, cert, key } });
}

async function timeOneEdit(plane: ControlPlane, admin: Agent, edit: number): Promise<number> {
  const before = await readConvergence(plane);
  const url = `${plane.cluster.serverUrl}/apis/headgate.dev/v1alpha1/namespaces/headgate/routepolicies/policy-${edit}`;
  const body = JSON.stringify({ spec: { resilience: { attempts: (edit % 5) + 4 } } });
  const headers = { 'content-type': 'application/merge-patch+json' };
  const answer = await request(url, { dispatcher: admin, method: 'PATCH', headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the API server refused edit ${edit}: ${answer.statusCode} ${text}`);
  const after = await until(`edit ${edit} to be acknowledged by all`, EDIT_MS, async () => {
    const now = await readConvergence(plane);
    return now.count > before.count ? now : undefined;
  });
  return (after.sumMs - before.sumMs) / (after.count - before.count);
}

async function readConvergence(plane: ControlPlane): Promise<Convergence> {
  const text = await (await fetch(`${plane.operatorAdminUrl}/metrics`)).text();
  const read = (suffix: string): number =>
    Number(new RegExp(`^headgate_config_convergence_seconds_${suffix} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  return { count: read('count'), sumMs: read('sum') * 1000 };
}
