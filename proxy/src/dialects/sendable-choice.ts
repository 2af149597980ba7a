import type { ChatCall, ToolChoice } from '../wire/chat-call.ts';
import type { Losses } from './losses.ts';

/** The tool choice, unless it forces a tool that only another dialect knows and that is not sent: providers refuse that. */
export function sendableChoice({ toolChoice: choice, tools }: ChatCall, target: string, losses: Losses): ToolChoice | undefined {
  if (choice?.type !== 'tool') return choice;
  const owner = tools.find(({ name }) => name === choice.name)?.other?.dialect;
  if (owner === undefined || owner === target) return choice;
  losses.add('tool_choice', 'the tool that it names is not sent');
  return undefined;
}
