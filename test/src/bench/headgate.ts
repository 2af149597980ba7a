import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CONTRACT_VERSION,
  type ConsumerResource,
  type PolicyResource,
  type ProviderResource,
  type ResourceBody,
  type ResourceKey,
  type RoutingTable,
  resourceHash,
  tableHash,
} from '@headgate/crds';
import { GATEWAY_CORE, MeasuredProcess } from './measured-process.ts';

const KEY_SALT = '00'.repeat(32);
const ROOT = resolve(import.meta.dirname, '../../..');

/** Makes the proxy as its image holds it: one bundled module. */
export function bundleProxy(folder: string): void {
  execFileSync(process.execPath, [join(ROOT, 'tooling/images/build-images.ts'), '--root', 'proxy', join(folder, 'proxy')], {
    stdio: 'inherit',
  });
}

/** A table with one provider (the mock), one consumer (key `bench-key`) and `policyCount` policies; `bench` is the one called. */
export function benchTable(upstreamPort: number, policyCount: number): RoutingTable {
  const bodies = new Map<ResourceKey, ResourceBody>();
  bodies.set('settings', { type: 'settings', keySalt: KEY_SALT });
  bodies.set('provider/bench/mock', provider(upstreamPort));
  bodies.set('consumer/bench/team', consumer());
  for (let i = 0; i < policyCount; i += 1) bodies.set(`policy/bench/p${i}`, policy(i));
  const resources = Object.fromEntries([...bodies].map(([key, body]) => [key, { hash: resourceHash(body), body }]));
  const hash = tableHash(new Map(Object.entries(resources).map(([key, resource]) => [key, resource.hash])));
  return { contractVersion: CONTRACT_VERSION, revision: 100_000_001, hash, resources };
}

function identity(name: string): { namespace: string; name: string; uid: string; generation: number } {
  return { namespace: 'bench', name, uid: `uid-${name}`, generation: 1 };
}

function provider(upstreamPort: number): ProviderResource {
  return {
    ...identity('mock'),
    type: 'provider',
    vendor: 'Custom',
    dialect: 'openai-chat',
    origins: [{ url: `http://127.0.0.1:${upstreamPort}` }],
    basePath: '/v1',
    auth: { type: 'Bearer' },
    headers: [],
    credentials: [{ name: 'primary', secret: 'bench-provider-key', weight: 1 }],
    models: [
      { name: 'bench-model', capabilities: ['Chat'], contextWindow: 200_000, pricing: { inputNanoUsd: 2500, outputNanoUsd: 10_000 } },
    ],
    timeouts: { connectMs: 2000, firstTokenMs: 30_000, idleMs: 60_000, totalMs: 600_000 },
    circuitBreaker: { consecutiveFailures: 5, failurePercent: 50, minRequests: 20, windowMs: 30_000, openMs: 30_000, maxOpenMs: 300_000 },
    quirks: {},
    privateAddressesAllowed: true,
  };
}

function consumer(): ConsumerResource {
  const hash = createHmac('sha256', Buffer.from(KEY_SALT, 'hex')).update('bench-key').digest('hex');
  return { ...identity('team'), type: 'consumer', keyHashes: [hash], tier: 'gold', labels: { team: 'bench' } };
}

function policy(index: number): PolicyResource {
  return {
    ...identity(`p${index}`),
    type: 'policy',
    createdAt: '2026-01-01T00:00:00Z',
    models: [{ type: 'Exact', name: index === 0 ? 'bench' : `model-${index}` }],
    access: { from: 'Same', matchLabels: {}, namespaces: ['bench'], anonymous: false },
    rules: [{ name: 'default', strategy: 'Priority', targets: [{ provider: 'provider/bench/mock', model: 'bench-model', weight: 1 }] }],
    resilience: { attempts: 3, budgetPercent: 20, whenAllOpen: 'LeastBad' },
    onLossy: 'Warn',
  };
}

/** Starts a real proxy process that comes up from a disk copy of the table: no operator takes part. */
export function startHeadgate(folder: string, port: number, table: RoutingTable): MeasuredProcess {
  const state = join(folder, `state-${port}`);
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  writeSnapshotShards(state, table);
  return new MeasuredProcess([process.execPath, '--max-semi-space-size=16', join(folder, 'proxy/app/dist/main.mjs')], GATEWAY_CORE, {
    HEADGATE_DATA_PORT: String(port),
    HEADGATE_ADMIN_PORT: String(port + 1),
    HEADGATE_BIND: '127.0.0.1',
    HEADGATE_SNAPSHOT_DIR: state,
    HEADGATE_LOG_LEVEL: 'info',
    HEADGATE_PROXY_ID: 'bench',
  });
}

/** The format of the snapshot Secrets as a volume shows them: index.json and table-<i>. */
function writeSnapshotShards(folder: string, table: RoutingTable): void {
  const whole = gzipSync(JSON.stringify(table));
  writeFileSync(join(folder, 'table-0'), whole);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ revision: table.revision, sha256, shards: 1 }));
}
