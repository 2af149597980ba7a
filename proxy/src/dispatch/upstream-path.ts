import type { ProviderResource } from '@headgate/crds';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';

const EMBEDDINGS_PATH = '/embeddings';

type Resource = Pick<ProviderResource, 'basePath' | 'paths'>;

/** Path of a call at a provider: where the provider says, else where its dialect says. */
export function upstreamPath(resource: Resource, provider: UpstreamDialect, call: ReceivedCall, model: string): string {
  const { basePath, paths } = resource;
  if (call.operation === 'embeddings') return basePath + named(paths?.embeddings ?? EMBEDDINGS_PATH, model);
  if (call.operation === 'count-tokens') return basePath + (provider.countTokensPath?.(model) ?? provider.chatPath);
  if (paths?.chat !== undefined) return basePath + named(paths.chat, model);
  return basePath + (provider.upstreamPath?.(model, call.facts.stream) ?? provider.chatPath);
}

function named(path: string, model: string): string {
  return path.replaceAll('{model}', () => encodeURIComponent(model));
}
