import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import { camelMembers } from './camel-case.ts';

/** Of these a part has one; everything else says something about it. */
type Kind =
  | 'text'
  | 'inlineData'
  | 'fileData'
  | 'functionCall'
  | 'functionResponse'
  | 'executableCode'
  | 'codeExecutionResult'
  | 'toolCall'
  | 'toolResponse';

const KINDS: ReadonlySet<string> = new Set<Kind>([
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]);

export interface SplitPart {
  /** undefined: a part of a kind not known here, or none at all. */
  readonly kind: Kind | undefined;
  readonly value: Json | undefined;
  /** `thought`, `thoughtSignature`, `videoMetadata` and what else stands beside it. */
  readonly extra: JsonObject;
  readonly whole: JsonObject;
}

const NOTHING: JsonObject = {};

/** Takes a part of a content apart. Of several kinds in one part the first counts. */
export function splitPart(item: Json): SplitPart {
  const whole = camelMembers(asObject(item) ?? NOTHING);
  const names = Object.keys(whole);
  const kind = names.find((name): name is Kind => KINDS.has(name) && whole[name] !== null);
  if (kind === undefined) return { kind, value: undefined, extra: NOTHING, whole };
  if (names.length === 1) return { kind, value: whole[kind], extra: NOTHING, whole };
  const { [kind]: value, ...extra } = whole;
  return { kind, value, extra, whole };
}
