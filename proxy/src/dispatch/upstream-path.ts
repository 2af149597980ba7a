import type { ProviderResource } from '@headgate/crds';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { WireUpstream } from '../dialects/dialect.ts';
import { openaiShapedPath, withModel } from '../operations/openai-shaped-path.ts';

type Resource = Pick<ProviderResource, 'vendor' | 'dialect' | 'basePath' | 'paths'>;

/** Path of a call at a provider that answers it in chat events: where the provider says, else where its dialect says. */
export function upstreamPath(resource: Resource, provider: WireUpstream, call: ReceivedCall, model: string): string {
  const { basePath, paths } = resource;
  if (call.operation === 'count-tokens') return basePath + (provider.countTokensPath?.(model) ?? provider.chatPath);
  if (provider.id === 'openai-completions') return openaiShapedPath(resource, provider.chatPath, model);
  if (paths?.chat !== undefined) return basePath + withModel(paths.chat, model);
  return basePath + (provider.upstreamPath?.(model, call.facts.stream) ?? provider.chatPath);
}
