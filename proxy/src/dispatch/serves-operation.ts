import type { ProviderResource } from '@headgate/crds';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { WireUpstream } from '../dialects/dialect.ts';

/** Why a provider cannot be asked for this kind of call; undefined = it can. */
export function whyNotServed(
  call: Pick<ReceivedCall, 'operation' | 'dialect'>,
  provider: WireUpstream,
  { paths }: Pick<ProviderResource, 'paths'>,
): string | undefined {
  switch (call.operation) {
    case 'count-tokens':
      // A chat path of its own is another envelope around the dialect, which counts elsewhere or not at all.
      return provider.id === call.dialect.id && provider.countTokensPath !== undefined && paths?.chat === undefined
        ? undefined
        : 'the provider does not count tokens in this dialect';
    default:
      return undefined;
  }
}
