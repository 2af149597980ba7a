import type { CallerError } from '../../wire/caller-error.ts';
import type { StreamEvent } from '../../wire/stream-event.ts';
import type { Usage } from '../../wire/usage.ts';
import type { AnswerContext, StreamEncoder } from '../dialect.ts';
import { encodeError } from '../openai-chat/encode-error.ts';
import { encodeFinishReason } from '../openai-chat/finish-reason.ts';
import { encodeUsage } from '../openai-chat/usage.ts';

/** `text_completion` chunks: text pieces, one finish_reason per choice, usage for callers who asked, `[DONE]`. */
export class CompletionsStreamEncoder implements StreamEncoder {
  private readonly context: AnswerContext;
  private readonly finished = new Set<number>();
  private head = '';
  private usage: Usage | undefined;

  constructor(context: AnswerContext) {
    this.context = context;
    this.setHead({ type: 'message-start' });
  }

  push(event: StreamEvent): string {
    switch (event.type) {
      case 'message-start':
        this.setHead(event);
        return '';
      case 'text-delta':
      case 'refusal-delta':
        return event.text === '' ? '' : this.chunk(event.choice ?? 0, event.text, null);
      case 'usage':
        this.usage = event.usage;
        return '';
      case 'finish':
        if (this.finished.has(event.choice ?? 0)) return '';
        this.finished.add(event.choice ?? 0);
        return this.chunk(event.choice ?? 0, '', encodeFinishReason(event.reason));
      default:
        return '';
    }
  }

  end(): string {
    const text = this.finished.size === 0 ? this.chunk(0, '', 'stop') : '';
    const told = this.context.includeUsage && this.usage !== undefined;
    const usage = told ? `${this.head}],"usage":${JSON.stringify(this.usage && encodeUsage(this.usage))}}\n\n` : '';
    return `${text}${usage}data: [DONE]\n\n`;
  }

  fail(error: CallerError): string {
    return `data: ${JSON.stringify(encodeError(error))}\n\n`;
  }

  private setHead(start: Extract<StreamEvent, { readonly type: 'message-start' }>): void {
    const id = JSON.stringify(start.id ?? this.context.requestId);
    const model = JSON.stringify(start.model ?? this.context.model);
    const created = start.createdSeconds ?? this.context.nowSeconds;
    this.head = `data: {"id":${id},"object":"text_completion","created":${created},"model":${model},"choices":[`;
  }

  private chunk(index: number, text: string, finish: string | null): string {
    const choice = JSON.stringify({ text, index, logprobs: null, finish_reason: finish });
    return `${this.head}${choice}]${this.context.includeUsage ? ',"usage":null' : ''}}\n\n`;
  }
}
