import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject } from '../../wire/read-json.ts';
import { camelMembers } from './camel-case.ts';

/** Of these a part has one; everything else says something about it. */
const KINDS = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
] as const;

export interface SplitPart {
  /** undefined: a part of a kind not known here, or none at all. */
  readonly kind: (typeof KINDS)[number] | undefined;
  readonly value: Json | undefined;
  /** `thought`, `thoughtSignature`, `videoMetadata` and what else stands beside it. */
  readonly extra: JsonObject;
  readonly whole: JsonObject;
}

/** Takes a part of a content apart. */
export function splitPart(item: Json): SplitPart {
  const whole = camelMembers(asObject(item) ?? {});
  const kind = KINDS.find((name) => whole[name] !== undefined && whole[name] !== null);
  if (kind === undefined) return { kind, value: undefined, extra: {}, whole };
  const { [kind]: value, ...extra } = whole;
  return { kind, value, extra, whole };
}
