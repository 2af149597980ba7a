import type { ChatMessage } from '../wire/chat-call.ts';

/** A message that instructs the model, whoever gave it. */
export type Instruction = Extract<ChatMessage, { readonly role: 'system' | 'developer' }>;

export function isInstruction(message: ChatMessage): message is Instruction {
  return message.role === 'system' || message.role === 'developer';
}
