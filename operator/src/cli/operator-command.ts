import { randomUUID } from 'node:crypto';
import { KubernetesSource } from '../collect/kubernetes-source.ts';
import { LateSource } from '../collect/late-source.ts';
import { shrinkConfirmation } from '../deliver/confirm-shrink.ts';
import { loadKeySalt } from '../deliver/key-salt-secret.ts';
import { LeaderLabel } from '../deliver/leader-label.ts';
import { SecretCertificateStore } from '../deliver/secret-certificate-store.ts';
import { type SnapshotForms, SnapshotSecrets } from '../deliver/snapshot-secrets.ts';
import { TokenReviewAuthenticator } from '../deliver/token-review-authenticator.ts';
import { EventRecorder } from '../report/event-recorder.ts';
import { KubernetesStatusSink } from '../report/kubernetes-status-sink.ts';
import { OperatorMetrics } from '../report/operator-metrics.ts';
import { StatusWriter } from '../report/status-writer.ts';
import { systemClock } from '../support/clock.ts';
import type { KubeApi } from '../support/kube-api.ts';
import { openKubeClient } from '../support/kube-client.ts';
import { LEASE_REQUEST_TIMEOUT_MS, LeaseElector } from '../support/lease-elector.ts';
import { createLogger, type Logger } from '../support/logger.ts';
import { sleep } from '../support/sleep.ts';
import { Leadership } from './leadership.ts';
import { OnlyLeader } from './only-leader.ts';
import { OperatorCore } from './operator-core.ts';
import { type OperatorSettings, readOperatorSettings } from './operator-settings.ts';
import { stopSignal } from './stop-signal.ts';
import { survive } from './survive.ts';

const LEASE_NAME = 'headgate-operator';
const AUDIENCE = 'headgate';
const RETRY_MS = 2_000;
const clock = systemClock;

interface Parts {
  readonly settings: OperatorSettings;
  readonly api: KubeApi;
  readonly elector: Pick<LeaseElector, 'isLeader' | 'term' | 'onChange' | 'start' | 'stop'>;
  readonly source: LateSource;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
}

/** `headgate operator`: runs until SIGTERM or SIGINT. Throws a StartError for settings and ports that cannot be used. */
export async function runOperator(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const settings = readOperatorSettings(environment);
  const log = createLogger('operator', settings.logLevel);
  const metrics = new OperatorMetrics();
  survive(log, metrics);
  const api = openKubeClient({ clock });
  const leaseApi = openKubeClient({ clock, requestTimeoutMs: LEASE_REQUEST_TIMEOUT_MS });
  const elector = openElector(settings, leaseApi, log, metrics);
  const parts: Parts = { settings, api, elector, source: new LateSource(), log, metrics };
  const { core, snapshot } = wire(parts);
  const label = new LeaderLabel(api, { namespace: settings.namespace, name: settings.podName }, log);
  const leadership = new Leadership({ elector, core, snapshot, label, clock, log });
  const stop = stopSignal();
  await core.listenAdmin();
  log.info({ namespace: settings.namespace, pod: settings.podName }, 'operator started');
  const running = Promise.all([openSource(parts, stop.signal), openControl(core, log)]);
  await leadership.begin();
  elector.start();
  await Promise.race([stop.received, running.then(() => stop.received)]);
  log.info({}, 'operator stops');
  // Others may lead from here on, so the streams end first and the Lease is given back before the rest winds down.
  await elector.stop();
  snapshot.stop();
  await core.stop();
  await Promise.all([api.close(), leaseApi.close()]);
}

function wire({ settings, api, elector, source, log, metrics }: Parts): {
  readonly core: OperatorCore;
  readonly snapshot: SnapshotSecrets;
} {
  const { namespace, controlHosts, controlPort, adminPort, podName } = settings;
  const isLeader = (): boolean => elector.isLeader();
  const { count } = metrics;
  const writing = { api, mayWrite: isLeader, clock, logger: log, count };
  const statusSink = new KubernetesStatusSink(new StatusWriter(writing), new EventRecorder({ ...writing, instance: podName }));
  const username = `system:serviceaccount:${namespace}:${settings.proxyServiceAccount}`;
  const forms = (): SnapshotForms | undefined => core.formsForNewProxy();
  const snapshot = new SnapshotSecrets({ api, namespace, clock, log, isLeader, forms });
  const core = new OperatorCore({
    source,
    authenticator: new TokenReviewAuthenticator(api, { audience: AUDIENCE, username }, clock),
    certificateStore: new SecretCertificateStore(api, namespace),
    controlHosts,
    controlPort,
    adminPort,
    bind: undefined,
    term: () => elector.term(),
    isLeader,
    confirmShrink: shrinkConfirmation(api, namespace, settings.shrinkHoldMs, clock),
    statusSink,
    onConverged: () => snapshot.offer(),
    extraStatus: () => ({ pod: podName }),
    clock,
    log,
    metrics,
  });
  return { core, snapshot };
}

/** Waits for the salt, then follows the API server; with the API server away it waits, and health is answered meanwhile. */
async function openSource({ settings, api, source, log, metrics }: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const salt = await loadKeySalt(api, settings.namespace);
    if (salt.type === 'Salt') {
      const { allowedPrivateHosts, workloadIdentityAllowed, simulatorUrl, watchNamespaces } = settings;
      const fixed = { keySalt: salt.salt, allowedPrivateHosts, workloadIdentityAllowed };
      const world = { ...fixed, ...(simulatorUrl === undefined ? {} : { simulatorUrl }) };
      const watching = { api, namespaces: watchNamespaces, clock, random: Math.random, logger: log, count: metrics.count };
      const kubernetes = new KubernetesSource({ ...world, ...watching });
      metrics.readWatchAgeFrom(() => kubernetes.contactAgeMs());
      return source.become(kubernetes);
    }
    log.warn({ reason: salt.reason }, 'the salt of consumer keys cannot be read yet');
    await sleep(clock, RETRY_MS, signal);
  }
}

async function openControl(core: OperatorCore, log: Logger): Promise<void> {
  const port = await core.listenControl();
  if (port !== undefined) log.info({ port }, 'control port is open');
}

function openElector(settings: OperatorSettings, api: KubeApi, logger: Logger, { count }: OperatorMetrics): Parts['elector'] {
  if (!settings.leaderElect) return new OnlyLeader();
  const { namespace, podName } = settings;
  const identity = `${podName}_${randomUUID()}`;
  return new LeaseElector({ api, namespace, name: LEASE_NAME, identity, clock, random: Math.random, logger, count });
}
