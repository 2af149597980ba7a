/** The part of a streamed chunk that says whether the stream ended as it should. */
export interface LoadChunk {
  readonly choices: readonly { readonly finish_reason: string | null }[];
}

export interface StreamReport {
  /** Ended with a finish reason. */
  readonly whole: number;
  /** Ended or broke without one. */
  readonly truncated: number;
  /** Never started: an error instead of a stream. */
  readonly failed: number;
  /** The first few reasons, for the reader of a failed test. */
  readonly errors: readonly string[];
}

const KEPT_ERRORS = 5;

/** Keeps `count` streams open until `untilMs`, each followed by another, and waits for the last ones to end. */
export async function runStreams(
  open: () => Promise<AsyncIterable<LoadChunk>>,
  count: number,
  untilMs: number,
  nowMs: () => number,
): Promise<StreamReport> {
  const report = { whole: 0, truncated: 0, failed: 0, errors: [] as string[] };
  const note = (what: 'truncated' | 'failed', error: unknown): void => {
    report[what] += 1;
    if (report.errors.length < KEPT_ERRORS) report.errors.push(`${what}: ${explain(error)}`);
  };
  const readOne = async (): Promise<void> => {
    let stream: AsyncIterable<LoadChunk>;
    try {
      stream = await open();
    } catch (error) {
      return note('failed', error);
    }
    try {
      let finished = false;
      for await (const chunk of stream) finished ||= chunk.choices.some((choice) => choice.finish_reason !== null);
      if (finished) report.whole += 1;
      else note('truncated', 'ended without a finish reason');
    } catch (error) {
      note('truncated', error);
    }
  };
  const keepOne = async (): Promise<void> => {
    do await readOne();
    while (nowMs() < untilMs);
  };
  await Promise.all(Array.from({ length: count }, keepOne));
  return report;
}

/** A failed connection hides its reason in a chain of causes. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} < ${explain(error.cause)}`;
}
