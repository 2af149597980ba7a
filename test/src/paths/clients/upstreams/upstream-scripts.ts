import type { ProviderResource } from '@headgate/crds';
import type { Script } from '../../../fakes/scripted-upstream.ts';
import type { CanonicalAnswer } from '../canonical-answer.ts';

/** A provider of one dialect: written from its documentation, apart from the code under test. */
export interface UpstreamScripts {
  /** How the table describes it. */
  readonly provider: Pick<ProviderResource, 'dialect' | 'auth' | 'basePath'>;
  /** What its usage tells, and whether it can end in the middle of a call. */
  readonly tells: { readonly cached: boolean; readonly reasoningTokens: boolean; readonly partialCalls: boolean };
  /** What only the provider can read in a turn that reasons and calls; wanted back with the history. */
  readonly state?: string;
  readonly blocking: (answer: CanonicalAnswer) => Script;
  readonly stream: (answer: CanonicalAnswer) => Script;
  /** The same answer to a call for a completion, where the provider has such calls. */
  readonly completion?: (answer: CanonicalAnswer, stream: boolean) => Script;
  /** One vector for four tokens, where that has another shape than OpenAI's. */
  readonly embeddings?: (vector: readonly number[]) => object;
  readonly failure: (status: number, message: string) => Script;
}
