import type { ProviderShape } from './operation.ts';

const CHAT = '/chat/completions';

/**
 * Path of an operation at a vendor that lays its paths out as OpenAI does. A vendor with paths of its own for chat
 * (Azure's `/deployments/{model}/chat/completions?api-version=...`) has the same for everything else.
 * @param path below the base path, e.g. `/images/generations`
 */
export function openaiShapedPath({ basePath, paths }: ProviderShape, path: string, model: string): string {
  const chat = paths?.chat;
  const own = chat?.includes(CHAT) === true ? chat.replace(CHAT, () => path) : path;
  return basePath + withModel(own, model);
}

/** Puts the model's name where a path asks for it. */
export function withModel(path: string, model: string): string {
  return path.replaceAll('{model}', () => encodeURIComponent(model));
}
