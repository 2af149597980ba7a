import type {
  ModelProviderAllowedNamespaces,
  ModelProviderCircuitBreaker,
  ModelProviderHeader,
  ModelProviderModel,
  ModelProviderSpec,
  ModelProviderTimeouts,
  ModelProviderWorkloadIdentity,
} from './kinds.gen.ts';
import { parseDurationMs } from './parse-duration.ts';
import { type Rule, rule } from './rule.ts';

const DAY_MS = 86_400_000;

/** Vendors that speak several dialects, of which the object may choose. */
const MULTILINGUAL: ReadonlySet<string> = new Set([
  'OpenAI',
  'AzureOpenAI',
  'Gemini',
  'VertexAI',
  'Bedrock',
  'Cohere',
  'Fireworks',
  'DeepSeek',
  'XAI',
  'OpenRouter',
  'Moonshot',
  'Zhipu',
  'MiniMax',
  'Ollama',
  'Simulated',
  'Custom',
]);

const REGIONAL: ReadonlySet<string> = new Set([
  ...['OpenAI', 'VertexAI', 'Bedrock', 'WatsonX', 'Moonshot', 'Zhipu', 'DashScope', 'MiniMax'],
]);

const IDENTITIES: Readonly<Record<string, string>> = { Bedrock: 'AWS', VertexAI: 'GCP', AzureOpenAI: 'Azure' };

const NEEDS_ADDRESS: ReadonlySet<string> = new Set(['Ollama', 'VLLM', 'SGLang', 'TGI', 'LlamaCpp', 'Custom']);

const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  ...['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie', 'host'],
  ...['content-length', 'content-type', 'content-encoding', 'accept', 'accept-encoding'],
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'],
]);

/** Word for word the expression of the CRD; RE2 and ECMAScript agree on it. */
const LOCAL_URL =
  /^[^/]*\/\/[[]?(([^/]*[.])?localhost|(127|0)([.][0-9]+){3}|169[.]254([.][0-9]+){2}|metadata|metadata[.]google[.]internal|::|::1|::ffff:[^/]*|fe[89ab][0-9a-f]:[^/]*|(0x[0-9a-f]+|[0-9]+)([.](0x[0-9a-f]+|[0-9]+)){0,2}|0[0-9a-fx]+([.](0x[0-9a-f]+|[0-9]+)){3})[.]?[\]]?(:[0-9]*)?(\/.*)?$/i;

/** Message of the rule that `headgate dev` may waive: there, a provider on the local machine is the normal case. */
export const LOCAL_URL_MESSAGE =
  '`baseURL` must not name the local machine, a link-local address or a metadata service; use `serviceRef` for servers in the cluster';

const provider = <T>(path: string, message: string, holds: (value: T) => boolean): Rule => rule('ModelProvider', path, message, holds);

/** Twins of the CEL rules of crds/manifests/modelproviders.yaml, in its order. */
export const PROVIDER_RULES: readonly Rule[] = [
  provider<ModelProviderSpec>(
    'spec',
    '`dialect` must be given when `type` is Custom: OpenAIChat, OpenAIResponses, AnthropicMessages, Gemini, Cohere or Ollama',
    (spec) => spec.type !== 'Custom' || spec.dialect !== undefined,
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`dialect` must be left out unless `type` is OpenAI, AzureOpenAI, Gemini, VertexAI, Bedrock, Cohere, Fireworks, DeepSeek, XAI, OpenRouter, Moonshot, Zhipu, MiniMax, Ollama, Simulated or Custom: the others speak one',
    (spec) => spec.dialect === undefined || MULTILINGUAL.has(spec.type),
  ),
  provider<ModelProviderSpec>(
    'spec',
    'at most one of `baseURL` and `serviceRef` may be given',
    (spec) => spec.baseURL === undefined || spec.serviceRef === undefined,
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`baseURL` or `serviceRef` must be given when `type` is Ollama, VLLM, SGLang, TGI, LlamaCpp or Custom',
    (spec) => spec.baseURL !== undefined || spec.serviceRef !== undefined || !NEEDS_ADDRESS.has(spec.type),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`region` must be left out unless `type` is OpenAI, VertexAI, Bedrock, WatsonX, Moonshot, Zhipu, DashScope or MiniMax',
    (spec) => spec.region === undefined || REGIONAL.has(spec.type),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`region` must be given when `type` is Bedrock, such as us-east-1',
    (spec) => spec.type !== 'Bedrock' || spec.region !== undefined,
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`region` must be left out beside `baseURL` and `serviceRef`, which say where, unless `type` is Bedrock',
    (spec) => spec.region === undefined || spec.type === 'Bedrock' || !saysWhere(spec),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`azure` must be left out unless `type` is AzureOpenAI',
    (spec) => spec.azure === undefined || spec.type === 'AzureOpenAI',
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`azure.resource` must be given exactly when `type` is AzureOpenAI and neither `baseURL` nor `serviceRef` says where',
    (spec) => (spec.azure?.resource !== undefined) === (spec.type === 'AzureOpenAI' && !saysWhere(spec)),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`gcp` must be given exactly when `type` is VertexAI and neither `baseURL` nor `serviceRef` says where',
    (spec) => (spec.gcp !== undefined) === (spec.type === 'VertexAI' && !saysWhere(spec)),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`cloudflare` must be given exactly when `type` is CloudflareWorkersAI and neither `baseURL` nor `serviceRef` says where',
    (spec) => (spec.cloudflare !== undefined) === (spec.type === 'CloudflareWorkersAI' && !saysWhere(spec)),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`databricks` must be given exactly when `type` is Databricks and neither `baseURL` nor `serviceRef` says where',
    (spec) => (spec.databricks !== undefined) === (spec.type === 'Databricks' && !saysWhere(spec)),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`watsonx` must be given exactly when `type` is WatsonX',
    (spec) => (spec.watsonx !== undefined) === (spec.type === 'WatsonX'),
  ),
  provider<ModelProviderSpec>(
    'spec',
    '`workloadIdentity` must be of type AWS with Bedrock, GCP with VertexAI, Azure with AzureOpenAI, and be left out with other types',
    (spec) => spec.workloadIdentity === undefined || spec.workloadIdentity.type === IDENTITIES[spec.type],
  ),
  provider<ModelProviderSpec>(
    'spec',
    'at most one of `credentials` and `workloadIdentity` may be given',
    (spec) => spec.workloadIdentity === undefined || (spec.credentials ?? []).length === 0,
  ),
  provider<ModelProviderWorkloadIdentity>(
    'spec.workloadIdentity',
    '`aws` must be left out unless `type` is AWS',
    (identity) => identity.aws === undefined || identity.type === 'AWS',
  ),
  provider<ModelProviderWorkloadIdentity>(
    'spec.workloadIdentity',
    '`azure` must be left out unless `type` is Azure',
    (identity) => identity.azure === undefined || identity.type === 'Azure',
  ),
  provider<string>('spec.baseURL', '`baseURL` must be an http or https URL with a host, such as https://llm.example.com/v1', isHttpUrl),
  provider<string>(
    'spec.baseURL',
    '`baseURL` must not carry user information, a query or a fragment; use `credentials` for keys',
    (url) => !/^[^/]*\/\/[^/]*@/.test(url) && !/[?#]/.test(url),
  ),
  provider<string>('spec.baseURL', LOCAL_URL_MESSAGE, (url) => !LOCAL_URL.test(url)),
  provider<ModelProviderModel>(
    'spec.models[]',
    '`name` must not hold `*` unless `discover` is true',
    ({ name, discover }) => discover === true || !name.includes('*'),
  ),
  provider<ModelProviderModel>(
    'spec.models[]',
    '`name` must end in its only `*` when `discover` is true, such as llama* or * alone',
    ({ name, discover }) => discover !== true || /^[^*]*[*]$/.test(name),
  ),
  provider<ModelProviderCircuitBreaker>(
    'spec.circuitBreaker',
    '`window`, `openFor` and `maxOpenFor` must each be between 100ms and 24h',
    ({ window, openFor, maxOpenFor }) => [window, openFor, maxOpenFor].every((text) => isBetween(text, 100, DAY_MS)),
  ),
  provider<ModelProviderCircuitBreaker>(
    'spec.circuitBreaker',
    '`maxOpenFor` must be at least `openFor`',
    ({ openFor, maxOpenFor }) => (parseDurationMs(maxOpenFor) ?? 0) >= (parseDurationMs(openFor) ?? 0),
  ),
  provider<ModelProviderTimeouts>(
    'spec.timeouts',
    '`connect`, `firstToken`, `idle` and `total` must each be between 1ms and 24h',
    ({ connect, firstToken, idle, total }) => [connect, firstToken, idle, total].every((text) => isBetween(text, 1, DAY_MS)),
  ),
  provider<ModelProviderHeader>(
    'spec.headers[]',
    '`headers` must not set what carries the key, the body or the connection, such as authorization, x-api-key, host, content-type or connection',
    (header) => !RESERVED_HEADERS.has(header.name.toLowerCase()),
  ),
  provider<ModelProviderAllowedNamespaces>(
    'spec.allowedNamespaces',
    '`selector` must be given exactly when `from` is Selector',
    ({ from, selector }) => (selector !== undefined) === (from === 'Selector'),
  ),
];

function saysWhere(spec: ModelProviderSpec): boolean {
  return spec.baseURL !== undefined || spec.serviceRef !== undefined;
}

function isBetween(text: string | undefined, leastMs: number, mostMs: number): boolean {
  const ms = parseDurationMs(text);
  return ms !== undefined && ms >= leastMs && ms <= mostMs;
}

/** CEL's isURL is Go's url.ParseRequestURI: no control characters, escapes complete, port numeric; the rule adds: no space. */
function isHttpUrl(text: string): boolean {
  const parts = /^https?:\/\/(?:[^/?#]*@)?(\[[0-9A-Fa-f:.%]+\]|[^/?#:[\]\s^`{}|\\%]+)(?::\d*)?([/?#][^ ]*)?$/i.exec(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return parts !== null && !/[\u0000-\u001f\u007f]/.test(text) && !/%(?![0-9a-f]{2})/i.test(parts[2] ?? '');
}
