import type { DialectId } from '@headgate/crds';

/** What a caller sees of an answer, whatever the dialect; read from the wire, apart from the code under test. */
export interface SeenAnswer {
  readonly text: string;
  readonly reasoning: string;
  /** Names of the calls that the caller is to answer. */
  readonly calls: readonly string[];
  readonly finish: string | undefined;
  /** Tokens as the caller would be billed for: all input, all output. */
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** Wire data is looked into without a schema: what is missing is undefined. */
type Loose = { readonly [name: string]: Loose } & readonly Loose[] & { readonly length?: number };

const EMPTY: SeenAnswer = { text: '', reasoning: '', calls: [], finish: undefined, input: undefined, output: undefined };

export function seenAnswer(dialect: DialectId, body: string, stream: boolean): SeenAnswer {
  const events = stream ? sseData(body) : [JSON.parse(body) as Loose];
  return events.map((event) => READERS[dialect](event)).reduce(join, EMPTY);
}

function sseData(body: string): Loose[] {
  const lines = body.split(/\r?\n/).filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]');
  return lines.map((line) => JSON.parse(line.slice(6)) as Loose);
}

function join(left: SeenAnswer, right: Partial<SeenAnswer>): SeenAnswer {
  return {
    text: left.text + (right.text ?? ''),
    reasoning: left.reasoning + (right.reasoning ?? ''),
    calls: [...left.calls, ...(right.calls ?? [])],
    finish: right.finish ?? left.finish,
    input: right.input ?? left.input,
    output: right.output ?? left.output,
  };
}

const READERS: Readonly<Record<DialectId, (event: Loose) => Partial<SeenAnswer>>> = {
  'openai-chat': readOpenaiChat,
  'openai-responses': readOpenaiResponses,
  'anthropic-messages': readAnthropic,
  gemini: readGemini,
};

function words(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function list(value: Loose | undefined): readonly Loose[] {
  return Array.isArray(value) ? (value as readonly Loose[]) : [];
}

function told<T extends object>(answer: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined && value !== null)) as never;
}

function readOpenaiChat(event: Loose): Partial<SeenAnswer> {
  const choice = event['choices']?.[0];
  const message = choice?.['message'] ?? choice?.['delta'];
  const calls = list(message?.['tool_calls']).map((call) => words(call['function']?.['name']));
  return told({
    text: words(message?.['content']) + words(message?.['refusal']),
    reasoning: words(message?.['reasoning_content']),
    calls: calls.filter((name) => name !== ''),
    finish: words(choice?.['finish_reason']) || undefined,
    input: count(event['usage']?.['prompt_tokens']),
    output: count(event['usage']?.['completion_tokens']),
  });
}

function readOpenaiResponses(event: Loose): Partial<SeenAnswer> {
  const type = words(event['type']);
  const delta = words(event['delta']);
  if (type === 'response.output_text.delta' || type === 'response.refusal.delta') return { text: delta };
  if (type === 'response.reasoning_summary_text.delta') return { reasoning: delta };
  if (type !== '' && type !== 'response.completed' && type !== 'response.incomplete') return {};
  const response = type === '' ? event : event['response'];
  const items = list(response?.['output']);
  // A stream has told its texts in pieces already.
  const content = type === '' ? items.flatMap((item) => list(item['content'])) : [];
  const summaries = type === '' ? items.flatMap((item) => list(item['summary'])) : [];
  return told({
    reasoning: summaries.map((part) => words(part['text'])).join(''),
    text: content.map((part) => words(part['text']) + words(part['refusal'])).join(''),
    calls: items.filter((item) => words(item['type']) === 'function_call').map((item) => words(item['name'])),
    finish: words(response?.['incomplete_details']?.['reason']) || words(response?.['status']),
    input: count(response?.['usage']?.['input_tokens']),
    output: count(response?.['usage']?.['output_tokens']),
  });
}

function readAnthropic(event: Loose): Partial<SeenAnswer> {
  const delta = event['delta'];
  const blocks = event['content'] === undefined ? [event['content_block'], delta] : list(event['content']);
  const usage = event['usage'] ?? event['message']?.['usage'];
  const input = count(usage?.['input_tokens']);
  const cached = (count(usage?.['cache_read_input_tokens']) ?? 0) + (count(usage?.['cache_creation_input_tokens']) ?? 0);
  return told({
    text: blocks.map((block) => words(block?.['text'])).join(''),
    reasoning: blocks.map((block) => words(block?.['thinking'])).join(''),
    calls: blocks.filter((block) => words(block?.['type']) === 'tool_use').map((block) => words(block?.['name'])),
    finish: words(event['stop_reason'] ?? delta?.['stop_reason']) || undefined,
    input: input === undefined ? undefined : input + cached,
    output: count(usage?.['output_tokens']),
  });
}

function readGemini(event: Loose): Partial<SeenAnswer> {
  const candidate = event['candidates']?.[0];
  const parts = list(candidate?.['content']?.['parts']);
  const usage = event['usageMetadata'];
  const output = count(usage?.['candidatesTokenCount']);
  const isThought = (part: Loose): boolean => (part['thought'] as unknown) === true;
  return told({
    text: parts
      .filter((part) => !isThought(part))
      .map((part) => words(part['text']))
      .join(''),
    reasoning: parts
      .filter(isThought)
      .map((part) => words(part['text']))
      .join(''),
    calls: parts.flatMap((part) => (part['functionCall'] === undefined ? [] : [words(part['functionCall']['name'])])),
    finish: words(candidate?.['finishReason']) || undefined,
    input: count(usage?.['promptTokenCount']),
    output: output === undefined ? undefined : output + (count(usage?.['thoughtsTokenCount']) ?? 0),
  });
}
