import type { Conversation, ToolDeclaration } from './conversation.ts';
import { sampleFromSchema } from './sample-from-schema.ts';
import { countTokens, splitTokens } from './tokens.ts';

/** What the simulated model says, ready to be paced out token by token. */
export interface Answer {
  readonly content: AnswerContent;
  /** The pieces of the text, or of the tool call's arguments. */
  readonly tokens: readonly string[];
  readonly finish: 'stop' | 'length' | 'tool';
  /** The stop sequence that was met. */
  readonly stopSequence?: string;
  readonly usage: { readonly inputTokens: number; readonly cachedTokens: number; readonly outputTokens: number };
}

export type AnswerContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool'; readonly name: string; readonly argumentsJson: string };

export interface AnswerOptions {
  readonly padTokens?: number;
  readonly cachedTokens?: number;
}

/** The same conversation always gets the same answer. */
export function composeAnswer(conversation: Conversation, options: AnswerOptions): Answer {
  const tool = toolToCall(conversation);
  const input = { inputTokens: conversation.promptTokens, cachedTokens: Math.min(options.cachedTokens ?? 0, conversation.promptTokens) };
  if (tool !== undefined) {
    const argumentsJson = JSON.stringify(sampleFromSchema(tool.parameters, conversation.lastUserText));
    const tokens = splitTokens(argumentsJson);
    const usage = { ...input, outputTokens: tokens.length + countTokens(tool.name) };
    return { content: { type: 'tool', name: tool.name, argumentsJson }, tokens, finish: 'tool', usage };
  }
  const stopped = cutAtStop(textOf(conversation, options.padTokens ?? 0), conversation.stopSequences);
  const whole = splitTokens(stopped.text);
  const tokens = whole.slice(0, conversation.maxTokens ?? whole.length);
  return {
    content: { type: 'text', text: tokens.join('') },
    tokens,
    finish: tokens.length < whole.length ? 'length' : 'stop',
    ...(stopped.sequence === undefined || tokens.length < whole.length ? {} : { stopSequence: stopped.sequence }),
    usage: { ...input, outputTokens: tokens.length },
  };
}

/** With tools and no result yet the model calls one: the demanded tool, else the first. */
function toolToCall(conversation: Conversation): ToolDeclaration | undefined {
  const choice = conversation.toolChoice;
  if (choice.type === 'none' || conversation.toolResults.length > 0) return undefined;
  if (choice.type === 'tool') return conversation.tools.find((tool) => tool.name === choice.name);
  return conversation.tools[0];
}

function textOf(conversation: Conversation, padTokens: number): string {
  if (conversation.answerSchema !== undefined)
    return JSON.stringify(sampleFromSchema({ type: 'object', ...conversation.answerSchema }, conversation.lastUserText));
  const said =
    conversation.toolResults.length > 0
      ? `The tool answered: ${conversation.toolResults.join('; ')}`
      : `You said: "${conversation.lastUserText}"`;
  let text = `${said}. This is the simulated provider, answering as ${conversation.model}.`;
  for (let number = 1; splitTokens(text).length < padTokens; number++) text += ` Sentence number ${number} of a long answer.`;
  return text;
}

function cutAtStop(text: string, stopSequences: readonly string[]): { readonly text: string; readonly sequence?: string } {
  let cut: { readonly text: string; readonly sequence?: string } = { text };
  for (const sequence of stopSequences) {
    const at = sequence === '' ? -1 : cut.text.indexOf(sequence);
    if (at >= 0) cut = { text: cut.text.slice(0, at), sequence };
  }
  return cut;
}
