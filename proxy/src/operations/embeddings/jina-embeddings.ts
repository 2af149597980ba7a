import type { OperationFormat } from '../operation.ts';
import { openaiEmbeddings, readOpenaiEmbeddings } from './openai-embeddings.ts';
import { JINA_TASKS, spellTask, taskMember } from './task-words.ts';

/** Jina: OpenAI's shape; its own word for the encoding is `embedding_type`, so floats are asked for and packed here. */
export const jinaEmbeddings: OperationFormat = {
  path: openaiEmbeddings.path,
  encodeCall: (body, model) => {
    const { encoding_format: _packedHere, user, title, task_type: task, ...rest } = body;
    const { word, losses } = spellTask(task, JINA_TASKS, 'Jina');
    const unknown = Object.entries({ user, title }).filter(([, value]) => value !== undefined);
    return {
      type: 'ok',
      losses: [...unknown.map(([field]) => ({ field, reason: 'Jina does not take it' })), ...losses],
      body: { ...rest, ...taskMember('task', rest['task'], word), model },
    };
  },
  decodeAnswer: readOpenaiEmbeddings,
  passesMedia: false,
};
