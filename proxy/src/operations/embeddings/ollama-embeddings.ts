import { asArray, asCount } from '../../wire/read-json.ts';
import { carry } from '../carry-fields.ts';
import type { OperationFormat } from '../operation.ts';
import { embeddingsAnswer } from './embeddings-answer.ts';
import { refuseTokens } from './refuse-tokens.ts';
import { textInputs } from './text-inputs.ts';

const KNOWN = ['model', 'input', 'dimensions', 'encoding_format', 'truncate', 'keep_alive', 'options'];

/** Ollama's `/api/embed` (https://docs.ollama.com/api/embed). */
export const ollamaEmbeddings: OperationFormat = {
  path: ({ basePath }) => `${basePath}/embed`,
  encodeCall: (body, model) => {
    const input = textInputs(body);
    if (input === undefined) return refuseTokens('Ollama');
    const { fields, losses } = carry(body, KNOWN, 'Ollama does not take it');
    const { encoding_format: _packedHere, ...rest } = fields;
    return { type: 'ok', losses, body: { ...rest, model, input } };
  },
  decodeAnswer: (answer, call) => embeddingsAnswer(asArray(answer['embeddings']) ?? [], call, asCount(answer['prompt_eval_count'])),
  passesMedia: false,
};
