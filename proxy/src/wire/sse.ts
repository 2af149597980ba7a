/** One server-sent event. */
export interface SseEvent {
  /** `event:` field, or '' when the stream did not name it. */
  readonly event: string;
  /** `data:` lines joined by LF. */
  readonly data: string;
}
