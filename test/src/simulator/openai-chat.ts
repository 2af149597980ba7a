import type { Answer } from './answer.ts';
import type { ConversationParse, ToolChoice, ToolDeclaration } from './conversation.ts';
import { type JsonObject, type JsonValue, listOf, numberOf, objectOf, stringOf } from './json.ts';
import { countTokens } from './tokens.ts';
import type { AnswerFacts, StreamedAnswer, WireDialect } from './wire-dialect.ts';

/** OpenAI Chat Completions. */
export const openaiChat: WireDialect = { read, blocking, stream, errorBody, errorFrame: (message) => frame(errorBody(500, message)) };

const ERROR_TYPES: Readonly<Record<number, string>> = { 401: 'authentication_error', 429: 'rate_limit_error' };

function read(body: JsonObject): ConversationParse {
  const model = stringOf(body['model']);
  const messages = listOf(body['messages']).map(objectOf);
  if (model === undefined || model === '') return { type: 'invalid', message: 'you must provide a model parameter' };
  if (messages.length === 0) return { type: 'invalid', message: "'messages' must be a list with at least one message" };
  if ((numberOf(body['n']) ?? 1) !== 1) return { type: 'invalid', message: "'n' must be 1" };
  const lastAnswer = messages.findLastIndex((message) => message['role'] === 'assistant');
  const maxTokens = numberOf(body['max_completion_tokens']) ?? numberOf(body['max_tokens']);
  const answerSchema = schemaOf(objectOf(body['response_format']));
  return {
    type: 'conversation',
    conversation: {
      model,
      lastUserText: textOf(messages.findLast((message) => message['role'] === 'user')?.['content']),
      toolResults: messages.slice(lastAnswer + 1).flatMap((message) => (message['role'] === 'tool' ? [textOf(message['content'])] : [])),
      promptTokens: messages.reduce((sum, message) => sum + 3 + countTokens(textOf(message['content'])), 0),
      tools: listOf(body['tools']).flatMap(toolOf),
      toolChoice: toolChoiceOf(body['tool_choice']),
      ...(answerSchema === undefined ? {} : { answerSchema }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      stopSequences: typeof body['stop'] === 'string' ? [body['stop']] : listOf(body['stop']).filter((item) => typeof item === 'string'),
      stream: body['stream'] === true,
      streamUsage: objectOf(body['stream_options'])['include_usage'] === true,
    },
  };
}

function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => stringOf(objectOf(part)['text']) ?? '')
    .join('');
}

function toolOf(tool: JsonValue): readonly ToolDeclaration[] {
  const declared = objectOf(objectOf(tool)['function']);
  const name = stringOf(declared['name']);
  return name === undefined ? [] : [{ name, parameters: { type: 'object', ...objectOf(declared['parameters']) } }];
}

function toolChoiceOf(choice: JsonValue | undefined): ToolChoice {
  if (choice === 'none') return { type: 'none' };
  const name = stringOf(objectOf(objectOf(choice)['function'])['name']);
  return name === undefined ? { type: 'auto' } : { type: 'tool', name };
}

function schemaOf(format: JsonObject): JsonObject | undefined {
  if (format['type'] === 'json_schema') return objectOf(objectOf(format['json_schema'])['schema']);
  return format['type'] === 'json_object' ? {} : undefined;
}

const FINISH_REASONS = { stop: 'stop', length: 'length', tool: 'tool_calls' } as const;

function blocking(answer: Answer, facts: AnswerFacts): JsonObject {
  const content = answer.content;
  const message: JsonObject =
    content.type === 'text'
      ? { role: 'assistant', content: content.text, refusal: null }
      : {
          role: 'assistant',
          content: null,
          refusal: null,
          tool_calls: [{ id: callId(facts.id), type: 'function', function: { name: content.name, arguments: content.argumentsJson } }],
        };
  return {
    id: facts.id,
    object: 'chat.completion',
    created: facts.createdSeconds,
    model: facts.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH_REASONS[answer.finish] }],
    usage: usageOf(answer),
  };
}

function stream(answer: Answer, facts: AnswerFacts): StreamedAnswer {
  const content = answer.content;
  const chunk = (delta: JsonObject, finishReason: string | null = null): string =>
    frame({ ...chunkHead(facts), choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] });
  const usage = facts.streamUsage ? frame({ ...chunkHead(facts), choices: [], usage: usageOf(answer) }) : '';
  const tail = `${chunk({}, FINISH_REASONS[answer.finish])}${usage}data: [DONE]\n\n`;
  if (content.type === 'text') {
    const head = chunk({ role: 'assistant', content: '', refusal: null });
    return { head, tokens: answer.tokens.map((token) => chunk({ content: token })), tail };
  }
  const start = { index: 0, id: callId(facts.id), type: 'function', function: { name: content.name, arguments: '' } };
  return {
    head: chunk({ role: 'assistant', content: null, tool_calls: [start] }),
    tokens: answer.tokens.map((token) => chunk({ tool_calls: [{ index: 0, function: { arguments: token } }] })),
    tail,
  };
}

function chunkHead(facts: AnswerFacts): JsonObject {
  return { id: facts.id, object: 'chat.completion.chunk', created: facts.createdSeconds, model: facts.model };
}

function callId(id: string): string {
  return `call_${id.replace(/^chatcmpl-/, '')}`;
}

function usageOf(answer: Answer): JsonObject {
  const { inputTokens, cachedTokens, outputTokens } = answer.usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

function errorBody(status: number, message: string): JsonObject {
  const type = ERROR_TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { error: { message, type, param: null, code: status === 401 ? 'invalid_api_key' : null } };
}

function frame(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
