/** What a caller may ask a model for. Ids are metric labels and words of the access log. */
export type OperationId =
  | 'chat'
  | 'count-tokens'
  | 'completions'
  | 'embeddings'
  | 'rerank'
  | 'moderations'
  | 'image-generations'
  | 'image-edits'
  | 'image-variations'
  | 'speech'
  | 'transcriptions'
  | 'translations'
  /** A session over a WebSocket. */
  | 'realtime';
