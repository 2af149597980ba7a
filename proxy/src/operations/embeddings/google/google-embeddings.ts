import { FactsBuilder } from '../../../dialects/facts-builder.ts';
import type { Loss } from '../../../wire/chat-call.ts';
import type { ChatFacts } from '../../../wire/chat-facts.ts';
import type { JsonObject } from '../../../wire/json.ts';
import { asArray, asObject, asString } from '../../../wire/read-json.ts';
import type { EncodedCall, Operation, OperationFormat, SideAnswer } from '../../operation.ts';
import { inputUsage } from '../../side-usage.ts';
import { embeddings } from '../embeddings.ts';
import { geminiEmbeddings, resourceName } from '../gemini-embeddings.ts';
import { hasEmbedContent, vertexEmbeddings } from '../vertex-embeddings.ts';
import type { EmbedMethod } from './embed-method.ts';
import { encodeAsOpenai } from './encode-as-openai.ts';

/** Vectors asked for in one of Google's shapes: at Google as it is, elsewhere by way of OpenAI's shape. */
export function googleEmbeddings(method: EmbedMethod): Operation {
  return {
    id: 'embeddings',
    paths: [],
    capability: embeddings.capability,
    body: 'json',
    readFacts: (body) => readFacts(body, method),
    formatFor: (provider) => {
      const format = embeddings.formatFor(provider);
      if (format === undefined) return undefined;
      const translated = translate(method, format);
      if (format === geminiEmbeddings) return method.name === 'predict' ? translated : passOn(method);
      return format === vertexEmbeddings ? atVertex(method, translated) : translated;
    },
  };
}

type TranslatedFormat = OperationFormat & Required<Pick<OperationFormat, 'encodeCall'>>;

/** Vertex AI's models know one of the methods each. */
function atVertex(method: EmbedMethod, translated: TranslatedFormat): OperationFormat {
  const passes = (model: string): boolean => method.name === (hasEmbedContent(model) ? 'embedContent' : 'predict');
  return {
    ...translated,
    encodeCall: (body, model) =>
      passes(model) ? { type: 'ok', body: method.renameModel(body, undefined), losses: [] } : translated.encodeCall(body, model),
    // One text by `embedContent` is answered in the same words, whoever has asked.
    decodeAnswer: (answer, call) => (holdsVectors(method, answer) ? readPassed(method, answer) : translated.decodeAnswer(answer, call)),
  };
}

function readFacts(body: JsonObject, method: EmbedMethod): ChatFacts {
  const facts = new FactsBuilder();
  for (const { text } of method.readRequests(body)) facts.addText(text ?? '', true);
  return facts.build({ model: asString(body['model']) ?? '', stream: false, maxOutputTokens: undefined, inToolLoop: false });
}

function passOn(method: EmbedMethod): OperationFormat {
  return {
    path: ({ basePath }, model) => `${basePath}/${resourceName(model)}:${method.name}`,
    encodeCall: (body, model) => ({ type: 'ok', body: method.renameModel(body, resourceName(model)), losses: [] }),
    decodeAnswer: (answer) =>
      holdsVectors(method, answer) ? readPassed(method, answer) : { type: 'invalid', message: 'the answer has no embeddings' },
    passesMedia: false,
  };
}

function holdsVectors(method: EmbedMethod, answer: JsonObject): boolean {
  const vectors = method.readVectors(answer);
  return vectors.length > 0 && vectors.every((values) => (asArray(values)?.length ?? 0) > 0);
}

function readPassed(method: EmbedMethod, answer: JsonObject): SideAnswer {
  return { type: 'answer', usage: inputUsage(method.readTokens(answer)) };
}

function translate(method: EmbedMethod, format: OperationFormat): TranslatedFormat {
  return {
    path: format.path,
    encodeCall: (body, model): EncodedCall => {
      const encoded = encodeAsOpenai(method.readRequests(body), model);
      if (encoded.type === 'refused') return encoded;
      const inner = format.encodeCall?.(encoded.body, model) ?? asOpenaiTakesIt(encoded.body);
      if (inner.type === 'refused') return inner;
      return { ...inner, losses: [...encoded.losses, ...inner.losses.map(spellLoss)] };
    },
    decodeAnswer: (answer, call): SideAnswer => {
      const decoded = format.decodeAnswer(answer, { ...call, body: { encoding_format: 'float' } });
      if (decoded.type === 'invalid') return decoded;
      const data = asArray((decoded.body ?? answer)['data']) ?? [];
      const vectors = data.flatMap((item) => [asArray(asObject(item)?.['embedding']) ?? []]);
      const wanted = method.readRequests(call.body).length;
      if (vectors.length !== wanted) return { type: 'invalid', message: `the answer has ${vectors.length} vectors for ${wanted} contents` };
      return { type: 'answer', body: method.writeAnswer(vectors, decoded.usage?.inputTokens), usage: decoded.usage };
    },
    passesMedia: false,
  };
}

/** What vendors that take OpenAI's shape as it is do not know. */
function asOpenaiTakesIt({ task_type: task, title, ...body }: JsonObject): EncodedCall {
  const unknown = Object.entries({ task_type: task, title }).filter(([, value]) => value !== undefined);
  return { type: 'ok', body, losses: unknown.map(([field]) => ({ field, reason: 'the vendor has no word for it' })) };
}

const CALLERS_WORDS: Readonly<Record<string, string>> = { task_type: 'taskType', dimensions: 'outputDimensionality' };

function spellLoss({ field, ...loss }: Loss): Loss {
  return { ...loss, field: CALLERS_WORDS[field] ?? field };
}
