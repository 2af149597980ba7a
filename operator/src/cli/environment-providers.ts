import { type ManifestObject, readManifestObject } from '../collect/manifest-object.ts';

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
const MAX_NAME = 63;
const OLLAMA_URL = 'http://127.0.0.1:11434';
const OLLAMA_TIMEOUT_MS = 500;
const MAX_OLLAMA_MODELS = 32;

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
  const documents: object[] = [];
  const found: string[] = [];
  for (const { name, type, keyVariable } of OFFERED) {
    const key = environment[keyVariable]?.trim() ?? '';
    if (key === '') continue;
    found.push(`${name} (${keyVariable})`);
    documents.push(secret(name, key), provider(name, { type, credentials: [{ name: 'environment', secretRef: { name, key: 'apiKey' } }] }));
    documents.push(...policies(name, catalogueModels(type)));
  }
  const ollamaModels = await listOllamaModels();
  if (ollamaModels.length > 0) {
    found.push(`ollama (${OLLAMA_URL}, ${ollamaModels.length} models)`);
    const models = [{ name: '*', discover: true }];
    documents.push(provider('ollama', { type: 'Ollama', baseURL: `${OLLAMA_URL}/v1`, models }), ...policies('ollama', ollamaModels));
  }
  return { objects: documents.flatMap(admitted), found };
}

/** The object with its defaults; names that no manifest could carry (of an exotic local model, say) are left out. */
function admitted(document: object): readonly ManifestObject[] {
  const reading = readManifestObject(document);
  return reading.type === 'Object' ? [reading.object] : [];
}

function secret(name: string, apiKey: string): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { apiKey } };
}

function provider(name: string, spec: object): object {
  return { apiVersion: 'headgate.dev/v1alpha1', kind: 'ModelProvider', metadata: { name }, spec };
}

function policies(provider: string, models: readonly string[]): readonly object[] {
  return models.map((model, index) => {
    const slug = model
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
    return {
      apiVersion: 'headgate.dev/v1alpha1',
      kind: 'RoutePolicy',
      // Two models may have the same slug; the number tells them apart.
      metadata: { name: `${provider}-${index}-${slug}`.slice(0, MAX_NAME).replace(/-+$/, '') },
      spec: {
        models: [`${provider}/${model}`],
        access: { from: 'Same', anonymous: true },
        rules: [{ name: 'all', targets: [{ provider: { name: provider }, model }] }],
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
