import type { UpstreamDialectId } from '@headgate/crds';
import type { ClientBench } from './client-bench.ts';

/** Something an application does with its SDK; it throws where the answer is not what it should be. */
export interface ClientCase {
  readonly title: string;
  readonly run: (bench: ClientBench) => Promise<void>;
  /** Providers that cannot do it: the caller is refused, in words that match. */
  readonly refused?: { readonly pattern: RegExp; readonly by: readonly UpstreamDialectId[] };
}

export interface ClientSuite {
  /** Package, and which of its interfaces. */
  readonly client: string;
  readonly cases: readonly ClientCase[];
}
