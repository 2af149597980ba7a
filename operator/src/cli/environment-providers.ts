import type { ManifestObject } from '../collect/manifest-object.ts';

/** A provider that `headgate dev` adds because the environment offers it. */
interface OfferedProvider {
  readonly name: string;
  readonly type: 'OpenAI' | 'Anthropic' | 'Gemini';
  readonly keyVariable: string;
}

const OFFERED: readonly OfferedProvider[] = [
  { name: 'openai', type: 'OpenAI', keyVariable: 'OPENAI_API_KEY' },
  { name: 'anthropic', type: 'Anthropic', keyVariable: 'ANTHROPIC_API_KEY' },
  { name: 'gemini', type: 'Gemini', keyVariable: 'GEMINI_API_KEY' },
];
const NAMESPACE = 'default';
const OLLAMA_URL = 'http://127.0.0.1:11434';
const OLLAMA_TIMEOUT_MS = 500;
const MAX_OLLAMA_MODELS = 32;

export interface OfferedModel {
  readonly type: OfferedProvider['type'];
  readonly name: string;
}

export interface EnvironmentProviders {
  readonly objects: readonly ManifestObject[];
  /** `openai (OPENAI_API_KEY)` ... for the banner. */
  readonly found: readonly string[];
}

/**
 * Providers and policies for the keys in the environment and for a local Ollama. The keys live in memory only. Each vendor
 * gets a policy `<name>/<model>` for every model of the catalogue, so `openai/gpt-4o-mini` is what callers ask for.
 */
export async function findEnvironmentProviders(
  environment: Readonly<Record<string, string | undefined>>,
  catalogueModels: (vendor: string) => readonly string[],
): Promise<EnvironmentProviders> {
  const objects: ManifestObject[] = [];
  const found: string[] = [];
  for (const { name, type, keyVariable } of OFFERED) {
    const key = environment[keyVariable]?.trim() ?? '';
    if (key === '') continue;
    found.push(`${name} (${keyVariable})`);
    objects.push(secret(name, key), provider(name, { type, credentials: [{ name: 'environment', secretRef: { name, key: 'apiKey' } }] }));
    objects.push(...policies(name, catalogueModels(type)));
  }
  const ollamaModels = await listOllamaModels();
  if (ollamaModels.length > 0) {
    found.push(`ollama (${OLLAMA_URL}, ${ollamaModels.length} models)`);
    objects.push(
      provider('ollama', { type: 'Ollama', baseURL: `${OLLAMA_URL}/v1`, models: ollamaModels.map((model) => ({ name: model })) }),
      ...policies('ollama', ollamaModels),
    );
  }
  return { objects, found };
}

function secret(name: string, apiKey: string): ManifestObject {
  return {
    type: 'Secret',
    id: `Secret/${NAMESPACE}/${name}`,
    name: `${NAMESPACE}/${name}`,
    content: { data: { apiKey }, annotations: {} },
  };
}

function provider(name: string, spec: Extract<ManifestObject, { type: 'Provider' }>['object']['spec']): ManifestObject {
  const metadata = { name, namespace: NAMESPACE };
  return {
    type: 'Provider',
    id: `ModelProvider/${NAMESPACE}/${name}`,
    object: { apiVersion: 'headgate.dev/v1alpha1', kind: 'ModelProvider', metadata, spec },
  };
}

function policies(providerName: string, models: readonly string[]): readonly ManifestObject[] {
  return models.map((model) => {
    const name = `${providerName}-${model.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 63).replace(/-+$/, '');
    return {
      type: 'Policy',
      id: `RoutePolicy/${NAMESPACE}/${name}`,
      object: {
        apiVersion: 'headgate.dev/v1alpha1',
        kind: 'RoutePolicy',
        metadata: { name, namespace: NAMESPACE },
        spec: {
          models: [`${providerName}/${model}`],
          access: { from: 'Same', anonymous: true },
          rules: [{ name: 'all', targets: [{ provider: { name: providerName }, model }] }],
        },
      },
    };
  });
}

/** Names of the models that a local Ollama has; empty when none answers. */
async function listOllamaModels(): Promise<readonly string[]> {
  try {
    const response = await fetch(`${OLLAMA_URL}/api/tags`, { signal: AbortSignal.timeout(OLLAMA_TIMEOUT_MS) });
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null || !('models' in body) || !Array.isArray(body.models)) return [];
    const models: readonly unknown[] = body.models;
    return models
      .map((model) => (typeof model === 'object' && model !== null && 'name' in model ? model.name : undefined))
      .filter((name): name is string => typeof name === 'string')
      .slice(0, MAX_OLLAMA_MODELS);
  } catch {
    return [];
  }
}
