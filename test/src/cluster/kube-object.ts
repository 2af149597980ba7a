/** The parts of any object of the API that the suites look at. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly uid?: string;
  };
  readonly status?: {
    readonly conditions?: readonly KubeCondition[];
    readonly dataplane?: { readonly applied: number; readonly total: number };
    readonly summary?: Readonly<Record<string, string>>;
  };
}

export interface KubeCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

export function conditionOf(object: KubeObject, type: string): KubeCondition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}
