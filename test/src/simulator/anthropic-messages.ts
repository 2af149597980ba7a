import type { Answer } from './answer.ts';
import type { ConversationParse, ToolChoice, ToolDeclaration } from './conversation.ts';
import { type JsonObject, type JsonValue, listOf, numberOf, objectOf, stringOf } from './json.ts';
import { countTokens } from './tokens.ts';
import type { AnswerFacts, StreamedAnswer, WireDialect } from './wire-dialect.ts';

/** Anthropic Messages, without extended thinking. */
export const anthropicMessages: WireDialect = {
  read,
  blocking,
  stream,
  errorBody,
  errorFrame: (message) => frame('error', errorBody(529, message)),
};

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function read(body: JsonObject): ConversationParse {
  const model = stringOf(body['model']);
  const maxTokens = numberOf(body['max_tokens']);
  const messages = listOf(body['messages']).map(objectOf);
  if (model === undefined || model === '') return { type: 'invalid', message: 'model: Field required' };
  if (maxTokens === undefined || maxTokens < 1) return { type: 'invalid', message: 'max_tokens: Field required' };
  if (messages.length === 0) return { type: 'invalid', message: 'messages: at least one message is required' };
  const system = textOf(body['system']);
  return {
    type: 'conversation',
    conversation: {
      model,
      maxTokens,
      lastUserText: textOf(messages.findLast((message) => message['role'] === 'user' && textOf(message['content']) !== '')?.['content']),
      toolResults: toolResultsOf(messages.at(-1)),
      promptTokens: messages.reduce((sum, message) => sum + 3 + countTokens(textOf(message['content'])), countTokens(system)),
      tools: listOf(body['tools']).flatMap(toolOf),
      toolChoice: toolChoiceOf(objectOf(body['tool_choice'])),
      stopSequences: listOf(body['stop_sequences']).filter((item) => typeof item === 'string'),
      stream: body['stream'] === true,
      streamUsage: true,
    },
  };
}

function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((block) => stringOf(objectOf(block)['text']) ?? '')
    .join('');
}

function toolResultsOf(message: JsonObject | undefined): readonly string[] {
  const blocks = listOf(message?.['content']).map(objectOf);
  return blocks.flatMap((block) => (block['type'] === 'tool_result' ? [textOf(block['content'])] : []));
}

function toolOf(tool: JsonValue): readonly ToolDeclaration[] {
  const declared = objectOf(tool);
  const name = stringOf(declared['name']);
  return name === undefined ? [] : [{ name, parameters: { type: 'object', ...objectOf(declared['input_schema']) } }];
}

function toolChoiceOf(choice: JsonObject): ToolChoice {
  if (choice['type'] === 'none') return { type: 'none' };
  const name = stringOf(choice['name']);
  return choice['type'] === 'tool' && name !== undefined ? { type: 'tool', name } : { type: 'auto' };
}

const STOP_REASONS = { stop: 'end_turn', length: 'max_tokens', tool: 'tool_use' } as const;

function stopOf(answer: Answer): JsonObject {
  if (answer.stopSequence !== undefined) return { stop_reason: 'stop_sequence', stop_sequence: answer.stopSequence };
  return { stop_reason: STOP_REASONS[answer.finish], stop_sequence: null };
}

function blocking(answer: Answer, facts: AnswerFacts): JsonObject {
  const content = answer.content;
  const block: JsonObject =
    content.type === 'text'
      ? { type: 'text', text: content.text }
      : { type: 'tool_use', id: toolId(facts.id), name: content.name, input: JSON.parse(content.argumentsJson) as JsonObject };
  return { ...messageHead(facts), content: [block], ...stopOf(answer), usage: usageOf(answer, answer.usage.outputTokens) };
}

function stream(answer: Answer, facts: AnswerFacts): StreamedAnswer {
  const content = answer.content;
  const started: JsonObject = { ...messageHead(facts), content: [], stop_reason: null, stop_sequence: null, usage: usageOf(answer, 1) };
  const block: JsonObject =
    content.type === 'text' ? { type: 'text', text: '' } : { type: 'tool_use', id: toolId(facts.id), name: content.name, input: {} };
  const delta = (token: string): JsonObject =>
    content.type === 'text' ? { type: 'text_delta', text: token } : { type: 'input_json_delta', partial_json: token };
  return {
    head:
      frame('message_start', { type: 'message_start', message: started }) +
      frame('content_block_start', { type: 'content_block_start', index: 0, content_block: block }) +
      frame('ping', { type: 'ping' }),
    tokens: answer.tokens.map((token) => frame('content_block_delta', { type: 'content_block_delta', index: 0, delta: delta(token) })),
    tail:
      frame('content_block_stop', { type: 'content_block_stop', index: 0 }) +
      frame('message_delta', { type: 'message_delta', delta: stopOf(answer), usage: { output_tokens: answer.usage.outputTokens } }) +
      frame('message_stop', { type: 'message_stop' }),
  };
}

function messageHead(facts: AnswerFacts): JsonObject {
  return { id: facts.id, type: 'message', role: 'assistant', model: facts.model };
}

function toolId(id: string): string {
  return `toolu_${id.replace(/^msg_/, '')}`;
}

/** Anthropic counts cached input apart from `input_tokens`. */
function usageOf(answer: Answer, outputTokens: number): JsonObject {
  const { inputTokens, cachedTokens } = answer.usage;
  return {
    input_tokens: inputTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: outputTokens,
  };
}

function errorBody(status: number, message: string): JsonObject {
  return { type: 'error', error: { type: ERROR_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'), message } };
}

function frame(event: string, data: JsonObject): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
