import type { Script, Step } from './scripted-upstream.ts';

/** Scripts of what providers send, sound and broken, in these dialects. */
export type ScriptedDialect = 'openai-chat' | 'anthropic-messages';

export function send(bytes: string | Buffer): Step {
  return { type: 'send', bytes };
}

/** A whole answer with content-length. */
export function answer(status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Script {
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} Scripted\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return [send(Buffer.concat([Buffer.from(head), Buffer.from(body)]))];
}

export function jsonAnswer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Script {
  return answer(status, JSON.stringify(body), headers);
}

export function openaiCompletion(text: string, extra: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'upstream-model',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...extra,
  };
}

export function anthropicMessage(text: string, extra: object = {}): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'upstream-model',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
    ...extra,
  };
}

export function openaiAnswer(text: string): Script {
  return jsonAnswer(200, openaiCompletion(text));
}

export function anthropicAnswer(text: string): Script {
  return jsonAnswer(200, anthropicMessage(text));
}

/** Head of an SSE answer with a chunked body. */
export const STREAM_HEAD: Step = send('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n');

export function event(data: object | string, name?: string): Step {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return { type: 'chunk', bytes: `${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n` };
}

export function openaiChunk(delta: object, finish: string | null = null): Step {
  return event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'upstream-model',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
}

export const OPENAI_ROLE: Step = openaiChunk({ role: 'assistant', content: '' });
export const OPENAI_USAGE: Step = event({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'upstream-model',
  choices: [],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});
export const DONE: Step = event('[DONE]');
export const END: Step = { type: 'end' };

export function openaiStream(...texts: readonly string[]): Script {
  return [
    STREAM_HEAD,
    OPENAI_ROLE,
    ...texts.map((text) => openaiChunk({ content: text })),
    openaiChunk({}, 'stop'),
    OPENAI_USAGE,
    DONE,
    END,
  ];
}

const anthropicEvent = (data: { readonly type: string } & Readonly<Record<string, unknown>>): Step => event(data, data.type);

export const ANTHROPIC_START: Step = anthropicEvent({
  type: 'message_start',
  message: { ...anthropicMessage(''), content: [], stop_reason: null },
});
export const ANTHROPIC_PING: Step = anthropicEvent({ type: 'ping' });
export const ANTHROPIC_BLOCK_START: Step = anthropicEvent({
  type: 'content_block_start',
  index: 0,
  content_block: { type: 'text', text: '' },
});
export const ANTHROPIC_STOP: Step = anthropicEvent({ type: 'message_stop' });

export function anthropicText(text: string): Step {
  return anthropicEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
}

export function anthropicStream(...texts: readonly string[]): Script {
  return [
    STREAM_HEAD,
    ANTHROPIC_START,
    ANTHROPIC_BLOCK_START,
    ANTHROPIC_PING,
    ...texts.map(anthropicText),
    anthropicEvent({ type: 'content_block_stop', index: 0 }),
    anthropicEvent({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } }),
    ANTHROPIC_STOP,
    END,
  ];
}
