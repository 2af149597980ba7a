const SANE = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's `x-request-id` where it is harmless in headers and logs, else a new one. */
export function chooseRequestId(sent: string | undefined, generate: () => string): string {
  return sent !== undefined && SANE.test(sent) ? sent : generate();
}
