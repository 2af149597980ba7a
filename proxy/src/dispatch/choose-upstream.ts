import type { ProviderModel, ProviderResource, UpstreamDialectId, VendorQuirks } from '@headgate/crds';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { WireUpstream } from '../dialects/dialect.ts';
import { openaiCompletions } from '../dialects/openai-completions/openai-completions.ts';
import type { OperationFormat } from '../operations/operation.ts';
import { whyNotServed } from './serves-operation.ts';

/** How a provider is asked. */
export type UpstreamChoice =
  | {
      readonly type: 'chosen';
      /** What the provider's errors are read by, and chat is spoken in. */
      readonly provider: WireUpstream;
      /** Set for operations beside chat. */
      readonly format: OperationFormat | undefined;
      readonly quirks: VendorQuirks;
    }
  | { readonly type: 'not-offered'; readonly why: string };

type AskedCall = Pick<ReceivedCall, 'operation' | 'dialect' | 'side'>;

/** How to ask `resource` for `call`, or why it cannot be asked. */
export function chooseUpstream(
  call: AskedCall,
  resource: ProviderResource,
  model: ProviderModel,
  dialectOf: (id: UpstreamDialectId) => WireUpstream,
): UpstreamChoice {
  const provider = dialectOf(resource.dialect);
  if (call.side !== undefined) {
    const format = call.side.formatFor(resource);
    if (format === undefined) return { type: 'not-offered', why: `the provider does not offer ${call.operation}` };
    return { type: 'chosen', provider, format, quirks: resource.quirks };
  }
  const why = whyNotServed(call, provider, resource);
  if (why !== undefined) return { type: 'not-offered', why };
  if (continuesText(call, resource, model)) {
    // What vendors refuse or rename is about chat.
    const { noStreamOptions, addedFields } = resource.quirks;
    const quirks = { ...(noStreamOptions === undefined ? {} : { noStreamOptions }), ...(addedFields === undefined ? {} : { addedFields }) };
    return { type: 'chosen', provider: openaiCompletions, format: undefined, quirks };
  }
  return { type: 'chosen', provider, format: undefined, quirks: resource.quirks };
}

/** Models that only continue text are asked so for everything; for completions also those of which nothing is known. */
function continuesText(call: AskedCall, resource: ProviderResource, { capabilities }: ProviderModel): boolean {
  if (resource.dialect !== 'openai-chat' || call.operation === 'count-tokens') return false;
  if (capabilities.includes('Completions')) return call.operation === 'completions' || !capabilities.includes('Chat');
  return call.operation === 'completions' && capabilities.length === 0;
}
