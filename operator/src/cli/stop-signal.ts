export interface StopSignal {
  /** Resolves with the first signal that asks to stop. */
  readonly received: Promise<NodeJS.Signals>;
  /** Aborted at the same moment, for what waits. */
  readonly signal: AbortSignal;
}

/** Listens for SIGINT, SIGTERM and SIGHUP; the second one ends the process at once. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const received = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (controller.signal.aborted) process.exit(130);
        controller.abort();
        resolve(name);
      });
    }
  });
  return { received, signal: controller.signal };
}
