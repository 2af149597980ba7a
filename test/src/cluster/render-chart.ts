import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { CLUSTER_TOOL } from './cluster-tool.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export const CHART: string = fileURLToPath(new URL('../../../charts/headgate', import.meta.url));

/** Runs the real helm without a cluster; builds it when it is missing. */
export function runHelm(args: readonly string[]): Promise<CommandResult> {
  return runCommand(CLUSTER_TOOL, ['helm', ...args], { timeoutMs: 15 * 60_000 });
}

/** What `helm template` makes of the chart, as objects; throws with helm's message when it refuses. */
export async function renderChart(flags: readonly string[] = []): Promise<readonly RenderedObject[]> {
  const result = await runHelm(['template', 'headgate', CHART, '--namespace', 'headgate', '--kube-version', '1.36.0', ...flags]);
  if (result.code !== 0) throw new Error(result.stderr);
  return (loadAll(result.stdout) as readonly (RenderedObject | null)[]).filter((object) => object !== null);
}

/** One rendered manifest; only what the tests read is typed. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly PolicyRule[];
  readonly subjects?: readonly { readonly name: string }[];
  readonly spec?: { readonly template?: { readonly spec: PodSpec } } & Partial<PodSpec> & Readonly<Record<string, unknown>>;
}

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly hostNetwork?: boolean;
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly securityContext?: Readonly<Record<string, unknown>>;
    readonly resources?: { readonly requests?: object; readonly limits?: object };
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
  }[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

/** Pods that an object of the chart runs, whatever its kind. */
export function podSpecsOf(objects: readonly RenderedObject[]): readonly { readonly owner: string; readonly spec: PodSpec }[] {
  return objects.flatMap((object) => {
    const owner = `${object.kind}/${object.metadata.name}`;
    if (object.kind === 'Pod') return [{ owner, spec: object.spec as PodSpec }];
    const template = object.spec?.template;
    return template === undefined ? [] : [{ owner, spec: template.spec }];
  });
}
