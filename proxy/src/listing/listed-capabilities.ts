import type { Capability } from '@headgate/crds';
import type { Json, JsonObject } from '../wire/json.ts';
import { asArray, asObject, asString } from '../wire/read-json.ts';

/** Words with which lists name models that do one thing beside chat (Together, Novita, LM Studio; output modalities). */
const KINDS: Readonly<Record<string, Capability>> = {
  embedding: 'Embeddings',
  embeddings: 'Embeddings',
  embed: 'Embeddings',
  embedContent: 'Embeddings',
  rerank: 'Rerank',
  moderation: 'Moderation',
  image: 'Images',
  transcribe: 'Transcription',
  transcription: 'Transcription',
};

type Reader = (entry: JsonObject) => readonly Capability[] | undefined;

/** The first that finds its members in an entry answers. */
const READERS: readonly Reader[] = [ofMethods, ofEndpoints, ofFlags, ofModalities, ofKind];

/**
 * What a model can do; undefined: the list does not say, or not enough. A chat model is only described where everything
 * is told that routing filters by (tools, images, audio, JSON schema): half a description would keep calls from a model
 * that could take them.
 */
export function listedCapabilities(entry: JsonObject): readonly Capability[] | undefined {
  for (const read of READERS) {
    const capabilities = read(entry);
    if (capabilities !== undefined) return capabilities.length === 0 ? undefined : capabilities;
  }
  return undefined;
}

/** Gemini: `supportedGenerationMethods: ["generateContent", "countTokens"]`. */
function ofMethods(entry: JsonObject): readonly Capability[] | undefined {
  const methods = texts(entry['supportedGenerationMethods']);
  if (methods === undefined) return undefined;
  return methods.includes('generateContent') ? [] : kinds(methods);
}

/** Cohere: `endpoints: ["chat"]`, and for those that chat `features: ["tools", "vision", "json_schema"]`. */
function ofEndpoints(entry: JsonObject): readonly Capability[] | undefined {
  const endpoints = texts(entry['endpoints']);
  if (endpoints === undefined) return undefined;
  if (!endpoints.includes('chat')) return kinds(endpoints);
  const features = texts(entry['features']) ?? [];
  if (features.length === 0) return [];
  return chatting({
    Tools: features.includes('tools'),
    Vision: features.includes('vision'),
    JsonSchema: features.includes('json_schema'),
    Reasoning: features.includes('reasoning'),
  });
}

/** Mistral: `capabilities: {completion_chat: true, function_calling: true, vision: false}`; its chat models all take a schema. */
function ofFlags(entry: JsonObject): readonly Capability[] | undefined {
  const flags = asObject(entry['capabilities']);
  if (flags?.['completion_chat'] === undefined) return undefined;
  if (flags['completion_chat'] !== true) return flags['audio_transcription'] === true ? ['Transcription'] : [];
  return chatting({
    Tools: flags['function_calling'] === true,
    Vision: flags['vision'] === true,
    Audio: flags['audio'] === true,
    JsonSchema: true,
    Reasoning: flags['reasoning'] === true,
  });
}

/**
 * OpenRouter: `architecture: {input_modalities, output_modalities}` with `supported_parameters`; GitHub Models:
 * `supported_output_modalities`.
 */
function ofModalities(entry: JsonObject): readonly Capability[] | undefined {
  const architecture = asObject(entry['architecture']);
  const outputs = texts(architecture?.['output_modalities']) ?? texts(entry['supported_output_modalities']);
  if (outputs === undefined) return undefined;
  if (!outputs.includes('text')) return kinds(outputs.filter((output) => output !== 'image'));
  const inputs = texts(architecture?.['input_modalities']);
  const parameters = texts(entry['supported_parameters']);
  if (inputs === undefined || parameters === undefined) return [];
  return chatting({
    Tools: parameters.includes('tools'),
    Vision: inputs.includes('image'),
    Audio: inputs.includes('audio'),
    JsonSchema: parameters.includes('structured_outputs'),
    Reasoning: parameters.includes('reasoning'),
  });
}

/** Together and LM Studio: `type: "embedding"`; Novita: `model_type`. */
function ofKind(entry: JsonObject): readonly Capability[] | undefined {
  const kind = asString(entry['type']) ?? asString(entry['model_type']);
  return kind === undefined ? undefined : kinds([kind]);
}

function kinds(words: readonly string[]): readonly Capability[] {
  return [...new Set(words.flatMap((word) => (Object.hasOwn(KINDS, word) ? (KINDS[word] ?? []) : [])))];
}

function chatting(also: Readonly<Partial<Record<Capability, boolean>>>): readonly Capability[] {
  return ['Chat', ...(Object.keys(also) as Capability[]).filter((capability) => also[capability] === true)];
}

function texts(value: Json | undefined): readonly string[] | undefined {
  return asArray(value)?.flatMap((item) => (typeof item === 'string' ? [item] : []));
}
