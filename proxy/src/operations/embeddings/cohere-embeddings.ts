import { asArray, asCount, asObject } from '../../wire/read-json.ts';
import { carry } from '../carry-fields.ts';
import type { OperationFormat } from '../operation.ts';
import { embeddingsAnswer } from './embeddings-answer.ts';
import { refuseTokens } from './refuse-tokens.ts';
import { COHERE_TASKS, spellTask } from './task-words.ts';
import { textInputs } from './text-inputs.ts';

const KNOWN = ['model', 'input', 'dimensions', 'encoding_format', 'input_type', 'task_type', 'truncate'];
/** Required by Cohere, unknown to OpenAI's callers: what most of them embed is to be found later. */
const DEFAULT_INPUT_TYPE = 'search_document';

/** Cohere's `/v2/embed` (https://docs.cohere.com/reference/embed). A caller may send Cohere's `input_type` itself. */
export const cohereEmbeddings: OperationFormat = {
  path: ({ basePath }) => `${basePath}/embed`,
  encodeCall: (body, model) => {
    const texts = textInputs(body);
    if (texts === undefined) return refuseTokens('Cohere');
    const { fields, losses } = carry(body, KNOWN, 'Cohere does not take it');
    const task = spellTask(fields['task_type'], COHERE_TASKS, 'Cohere');
    return {
      type: 'ok',
      losses: [...losses, ...task.losses],
      body: {
        model,
        texts,
        input_type: fields['input_type'] ?? task.word ?? DEFAULT_INPUT_TYPE,
        embedding_types: ['float'],
        ...(fields['dimensions'] !== undefined && { output_dimension: fields['dimensions'] }),
        ...(fields['truncate'] !== undefined && { truncate: fields['truncate'] }),
      },
    };
  },
  decodeAnswer: (answer, call) => {
    const vectors = asArray(asObject(answer['embeddings'])?.['float']) ?? [];
    return embeddingsAnswer(vectors, call, asCount(asObject(asObject(answer['meta'])?.['billed_units'])?.['input_tokens']));
  },
  passesMedia: false,
};
