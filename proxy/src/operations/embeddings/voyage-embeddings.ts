import { carry } from '../carry-fields.ts';
import type { OperationFormat } from '../operation.ts';
import { openaiEmbeddings, readOpenaiEmbeddings } from './openai-embeddings.ts';
import { spellTask, taskMember, VOYAGE_TASKS } from './task-words.ts';

const KNOWN = [
  'model',
  'input',
  'input_type',
  'task_type',
  'truncation',
  'output_dimension',
  'output_dtype',
  'encoding_format',
  'dimensions',
];

/** Voyage: OpenAI's shape with other names; it knows `base64` but not `float` (https://docs.voyageai.com/reference/embeddings-api). */
export const voyageEmbeddings: OperationFormat = {
  path: openaiEmbeddings.path,
  encodeCall: (body, model) => {
    const { fields, losses } = carry(body, KNOWN, 'Voyage does not take it');
    const { dimensions, encoding_format: encoding, task_type: task, ...rest } = fields;
    const { word, losses: unsaid } = spellTask(task, VOYAGE_TASKS, 'Voyage');
    return {
      type: 'ok',
      losses: [...losses, ...unsaid],
      body: {
        ...rest,
        ...taskMember('input_type', rest['input_type'], word),
        model,
        ...(dimensions !== undefined && { output_dimension: dimensions }),
        ...(encoding === 'base64' && { encoding_format: encoding }),
      },
    };
  },
  decodeAnswer: readOpenaiEmbeddings,
  passesMedia: false,
};
