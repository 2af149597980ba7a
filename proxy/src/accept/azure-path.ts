import { decodePath } from './decode-path.ts';

/** A path of Azure OpenAI as OpenAI itself would have it. */
export interface AzurePath {
  readonly path: string;
  /** The deployment stands for the model. */
  readonly deployment: string | undefined;
}

const PREFIX = '/openai/';
const DEPLOYMENT =
  /^deployments\/([^/]+)\/(chat\/completions|completions|embeddings|images\/(?:generations|edits)|audio\/(?:speech|transcriptions|translations))$/;
/** `/openai/v1/...`, and `/openai/responses?api-version=...` of before. */
const RESOURCE =
  /^(?:v1\/)?(chat\/completions|completions|embeddings|images\/(?:generations|edits)|audio\/(?:speech|transcriptions|translations)|responses|(?:models|files|batches)(?:\/.+)?)$/;

/** Reads both styles of Azure's paths: deployments with `api-version`, and `/openai/v1`. Undefined = not Azure's. */
export function findAzurePath(path: string): AzurePath | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  const rest = path.slice(PREFIX.length);
  const [, name = '', operation = ''] = DEPLOYMENT.exec(rest) ?? [];
  const deployment = decodePath(name);
  if (operation !== '') return deployment === undefined ? undefined : { path: `/v1/${operation}`, deployment };
  const resource = RESOURCE.exec(rest)?.[1];
  return resource === undefined ? undefined : { path: `/v1/${resource}`, deployment: undefined };
}
