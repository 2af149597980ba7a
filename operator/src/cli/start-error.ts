/** Why a command cannot start, in one line for the person who typed it. Thrown only by cli/, caught only by main.ts. */
export class StartError extends Error {}

/** The line for an error of `listen`. */
export function describeListenError(error: unknown, port: number, what: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} (${what}) is in use; choose another one`;
  if (code === 'EACCES') return `port ${port} (${what}) needs more rights; choose one above 1024`;
  return `port ${port} (${what}) cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
}
