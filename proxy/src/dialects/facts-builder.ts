import type { ChatFacts } from '../wire/chat-facts.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { TokenEstimator } from '../wire/token-estimator.ts';

/** Keyword rules look no further into a message. */
const MAX_USER_TEXT = 64 * 1024;

/** Gathers what routing needs while a dialect walks its own request shape. */
export class FactsBuilder {
  private readonly estimator = new TokenEstimator();
  private userText = '';
  private hasTools = false;
  private hasImages = false;
  private hasAudio = false;
  private hasFiles = false;
  private hasJsonSchema = false;

  /** @param fromUser a user's message replaces the text of the one before */
  startMessage(fromUser: boolean): void {
    this.estimator.addMessage();
    if (fromUser) this.userText = '';
  }

  addText(text: string, fromUser: boolean): void {
    this.estimator.addText(text);
    if (!fromUser || this.userText.length >= MAX_USER_TEXT || text === '') return;
    const separator = this.userText === '' ? '' : '\n';
    this.userText += separator + text.slice(0, MAX_USER_TEXT - this.userText.length - separator.length);
  }

  addTool(definition: Json): void {
    this.hasTools = true;
    this.estimator.addText(JSON.stringify(definition));
  }

  addJsonSchema(format: JsonObject): void {
    this.hasJsonSchema = true;
    this.estimator.addText(JSON.stringify(format));
  }

  addImage(): void {
    this.hasImages = true;
    this.estimator.addImage();
  }

  addAudio(base64Length: number): void {
    this.hasAudio = true;
    this.estimator.addAudio(base64Length);
  }

  addFile(base64Length: number): void {
    this.hasFiles = true;
    this.estimator.addFile(base64Length);
  }

  addTokens(count: number): void {
    this.estimator.addTokens(count);
  }

  build(rest: Pick<ChatFacts, 'model' | 'stream' | 'maxOutputTokens' | 'inToolLoop'>): ChatFacts {
    return {
      ...rest,
      inputTokens: this.estimator.tokens,
      hasTools: this.hasTools,
      hasImages: this.hasImages,
      hasAudio: this.hasAudio,
      hasFiles: this.hasFiles,
      hasJsonSchema: this.hasJsonSchema,
      lastUserText: this.userText,
    };
  }
}
