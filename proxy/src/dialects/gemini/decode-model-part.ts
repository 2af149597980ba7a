import type { AssistantPart } from '../../wire/chat-call.ts';
import { defined } from '../../wire/defined.ts';
import type { Json, JsonObject } from '../../wire/json.ts';
import { asObject, asString } from '../../wire/read-json.ts';
import { opaqueFor } from '../opaque.ts';
import type { Problems } from '../problems.ts';
import { objectToArguments } from '../tool-arguments.ts';
import type { CallIds } from './call-ids.ts';
import { camelMembers } from './camel-case.ts';
import { splitPart } from './split-part.ts';
import { DIALECT, tagSignature, unpackState } from './thought-signature.ts';

/** A part of a model's turn, with whatever another vendor's model had signed put back into its own place. */
export function decodeModelPart(item: Json, path: string, ids: CallIds, problems: Problems): AssistantPart[] {
  const { kind, value, extra, whole } = splitPart(item);
  switch (kind) {
    case 'text':
      if (typeof value !== 'string') problems.add(`${path}.text`, 'must be a string');
      return decodeText(asString(value) ?? '', extra);
    case 'functionCall':
      return decodeFunctionCall(asObject(value) ?? {}, extra, path, { ids, problems });
    default:
      return Object.keys(whole).length === 0 ? [] : [{ type: 'other', dialect: DIALECT, value: whole }];
  }
}

function decodeText(text: string, extra: JsonObject): AssistantPart[] {
  const { thought, thoughtSignature, ...more } = extra;
  const signature = asString(thoughtSignature);
  const foreign = signature === undefined ? undefined : unpackState(signature);
  if (foreign?.redacted !== undefined) {
    const redacted: AssistantPart = { type: 'redacted-reasoning', data: foreign.redacted };
    return text === '' ? [redacted] : [{ type: 'text', text }, redacted];
  }
  if (thought === true) {
    const known = foreign === undefined ? signature && tagSignature(signature) : foreign.signature;
    return [{ type: 'reasoning', text, ...(known && { signature: known }), ...defined({ opaque: opaqueFor(DIALECT, more) }) }];
  }
  const own = foreign === undefined ? withoutThought(extra) : more;
  return [{ type: 'text', text, ...defined({ opaque: opaqueFor(DIALECT, own) }) }];
}

function decodeFunctionCall(
  value: JsonObject,
  extra: JsonObject,
  path: string,
  { ids, problems }: { readonly ids: CallIds; readonly problems: Problems },
): AssistantPart[] {
  const { id, name, args, ...more } = camelMembers(value);
  const functionName = asString(name) ?? '';
  if (functionName === '') problems.add(`${path}.functionCall.name`, 'is required');
  const foreign = unpackState(asString(extra['thoughtSignature']) ?? '');
  const { thoughtSignature: _packed, ...beside } = extra;
  const own = opaqueFor(DIALECT, { ...more, ...(foreign === undefined ? withoutThought(extra) : beside) });
  return [
    {
      type: 'tool-call',
      id: ids.call(asString(id) || undefined, functionName),
      name: functionName,
      argumentsJson: objectToArguments(asObject(args) ?? {}),
      ...((own || foreign?.opaque) && { opaque: { ...foreign?.opaque, ...own } }),
    },
  ];
}

/** `thought: false` says nothing. */
function withoutThought({ thought, ...extra }: JsonObject): JsonObject {
  return thought === true ? { thought, ...extra } : extra;
}
