import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEvent, readAuditLog } from './audit-log.ts';
import { CLUSTER_TOOL } from './cluster-tool.ts';
import { freePorts } from './free-ports.ts';
import { type CommandOptions, type CommandResult, runCommand } from './run-command.ts';

/** `control`: etcd and kube-apiserver. `node`: a whole one-node cluster with real pods. */
export type ClusterMode = 'control' | 'node';

export type ClusterPart = 'etcd' | 'apiserver' | 'controllers' | 'scheduler' | 'containerd' | 'kubelet' | 'kubeproxy' | 'dns';

const BUILD_TIMEOUT_MS = 40 * 60_000;

/**
 * Starts a real Kubernetes of its own (own folder, free ports); the first time, this builds it. It goes down with
 * `teardown()`, and also when this process ends without having called it.
 */
export async function startCluster(mode: ClusterMode): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), `headgate-${mode}-`));
  const env = { HEADGATE_CLUSTER_RUN: join(folder, 'run'), HEADGATE_CLUSTER_PORT: String(await freePorts(3)) };
  const cluster = new Cluster(env, folder);
  try {
    await cluster.tool(['up', mode, '--owner', String(process.pid)], { timeoutMs: BUILD_TIMEOUT_MS, showProgress: true });
  } catch (error) {
    await cluster.teardown();
    throw error;
  }
  return cluster;
}

/** A running cluster. Methods that run commands throw with the command's stderr when it fails, unless named `try…`. */
export class Cluster {
  readonly #env: Readonly<Record<string, string>> & { readonly HEADGATE_CLUSTER_RUN: string };
  readonly #folder: string;

  constructor(env: { readonly HEADGATE_CLUSTER_RUN: string; readonly HEADGATE_CLUSTER_PORT: string }, folder: string) {
    this.#env = env;
    this.#folder = folder;
  }

  /** Admin credentials. */
  get kubeconfigPath(): string {
    return join(this.#env.HEADGATE_CLUSTER_RUN, 'admin.conf');
  }

  get serverUrl(): string {
    return `https://127.0.0.1:${this.#env['HEADGATE_CLUSTER_PORT']}`;
  }

  get caPem(): string {
    return readFileSync(join(this.#env.HEADGATE_CLUSTER_RUN, 'pki', 'ca.crt'), 'utf8');
  }

  async tool(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    const result = await this.tryTool(args, options);
    if (result.code !== 0) throw new Error(`cluster ${args.join(' ')} failed (${result.code}): ${result.stderr}${result.stdout}`);
    return result.stdout;
  }

  tryTool(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand(CLUSTER_TOOL, args, { ...options, env: { ...options.env, ...this.#env } });
  }

  kubectl(args: readonly string[], input?: string): Promise<string> {
    return this.tool(['kubectl', ...args], input === undefined ? {} : { input });
  }

  tryKubectl(args: readonly string[], input?: string): Promise<CommandResult> {
    return this.tryTool(['kubectl', ...args], input === undefined ? {} : { input });
  }

  /** Server-side apply of one or several YAML documents. */
  apply(yaml: string): Promise<string> {
    return this.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], yaml);
  }

  /** One object as JSON. */
  async get<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl(['get', ...args, '-o', 'json'])) as T;
  }

  helm(args: readonly string[]): Promise<string> {
    return this.tool(['helm', ...args], { timeoutMs: 5 * 60_000 });
  }

  stopPart(part: ClusterPart): Promise<string> {
    return this.tool(['stop', part]);
  }

  /** The part is started, not yet ready; see `ready()`. */
  startPart(part: ClusterPart): Promise<string> {
    return this.tool(['start', part]);
  }

  /** Loads a docker-archive into the node. */
  loadImage(archivePath: string): Promise<string> {
    return this.tool(['image', archivePath]);
  }

  /** Every write to Headgate's objects so far, as the API server recorded it. */
  auditEvents(): Promise<readonly AuditEvent[]> {
    return readAuditLog(join(this.#env.HEADGATE_CLUSTER_RUN, 'audit.log'));
  }

  async teardown(): Promise<void> {
    await this.tool(['down']);
    await runCommand('rm', ['-rf', this.#folder]);
  }
}
